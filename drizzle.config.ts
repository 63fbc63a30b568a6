// For `npm run migrations`, which writes a new file of SQL when src/program/database/schema.ts has changed.
import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/program/database/schema.ts',
  out: './src/program/database/migrations',
  casing: 'snake_case',
});
