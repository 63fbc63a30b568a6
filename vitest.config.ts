import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Tests have keys and lists of runs of their own, not the user's.
const own = join(tmpdir(), `jikji-tests-${process.pid}`);

// Each file in a process of its own: tests that set V8 flags or hold big shared memories must not meet.
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: process.env.JIKJI_TORTURE ? 3_600_000 : 60_000,
    hookTimeout: 60_000,
    env: {
      XDG_CONFIG_HOME: join(own, 'config'),
      XDG_STATE_HOME: join(own, 'state'),
      XDG_CACHE_HOME: join(own, 'cache'),
    },
  },
});
