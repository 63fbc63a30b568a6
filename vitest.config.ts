import { defineConfig } from 'vitest/config';

// Each file in a process of its own: tests that set V8 flags or hold big shared memories must not meet.
export default defineConfig({
  test: { include: ['src/**/*.test.ts'], pool: 'forks', maxWorkers: 2, testTimeout: 60_000, hookTimeout: 60_000 },
});
