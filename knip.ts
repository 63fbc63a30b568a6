// What uses exports. In its production mode (`knip --production`, entries with `!`) tests use nothing, and what a file uses itself may
// be exported for its tests: scripts/ratchet.ts.

export default {
  ignoreExportsUsedInFile: process.argv.includes('--production'),
  entry: [
    'src/cli/{main,start}.ts!',
    'src/library/index.ts!',
    'src/console/main.tsx!',
    'src/**/*.child.ts!',
    'src/**/*worker*.ts!',
    'src/**/*.test.ts',
    'src/**/testing/*.ts',
    'bench/**/*.ts!',
    '!bench/**/*.test.ts!',
    'checks/**/*.ts!',
    'scripts/*.{ts,mjs}!',
    'scripts/testing/processor-time-runner.ts!',
    'docs/test-vectors/make.ts!',
    'src/foundry/tokenizer/make-unicode-table.ts!',
    'src/program/database/schema.ts!',
  ],
  project: ['{src,bench,checks,scripts,docs}/**/*.{ts,tsx,mjs}!', '!**/*.test.ts!', '!**/testing/**!'],
};
