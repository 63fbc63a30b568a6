// For `npm run migrations`, which writes a new file of SQL when src/program/database/schema.ts has changed. It fetches drizzle-kit first: nobody
// else needs its 40 MB.
export default {
  dialect: 'postgresql',
  schema: './src/program/database/schema.ts',
  out: './src/program/database/migrations',
  casing: 'snake_case',
};
