// Writes docs/errors.md: every code of an error with its meaning, from src/base/error-codes. `npm run errors-table`

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES } from '../src/base/error-codes/index.ts';

export const FILE = join(import.meta.dirname, '../docs/errors.md');

const HEAD = `# Errors

An error that a user can fix ends a command with two lines on standard error: what is wrong and with which input, then
how to fix it.

\`\`\`
error: there is no such folder (nowhere)
  see what was made here: jikji runs
\`\`\`

With \`--json\`, standard output has the same error as an object of four texts, and the API answers with such an object too:

\`\`\`json
{"error":{"code":"model-missing","message":"there is no such folder","input":"nowhere","hint":"see what was made here: jikji runs"}}
\`\`\`

Programs should use \`code\`: message, input and hint are for people, and differ from place to place. The log of a programme
refuses submissions with these codes too. A server or a job of another version may have codes that are not listed here.

## Exit codes

| code | all verbs | checks: \`audit\`, \`audit merge\`, \`lineage\` |
|---|---|---|
| 0 | done | holds; or it was tested, and nothing was found |
| 1 | a check failed; the result is printed, and there is no error | refuted, incomplete, disputed; or a part shares weights |
| 2 | an error of the list below: the call or the input is wrong | the same, for example a \`--parent\` that the run was not built on: nothing was judged |
| 3 | | not shown: *consistent* (a run of PyTorch that came out alike, not the same) or *not told*; or of a reference neither units nor values of the first tower could be tested |
| 4 | | a weaker finding: a trace, or more likeness than any independent pair that was measured |
| 70 | a bug in Jikji (\`bug\`), with its stack on standard error | |
| 130 | interrupted (\`interrupted\`) | |

Where several apply it is the first of 1, 4, 3, 0. How far a check that holds reaches changes no code: extent,
chance, what is the maker's word and a parent that was not brought stand in the result.

This page is written by \`npm run errors-table\` from \`src/base/error-codes\`.
`;

const table = ([title, codes]: [string, Record<string, string>]): string => {
  const rows = Object.entries(codes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  return [`## ${title}`, '', '| code | meaning |', '|---|---|', ...rows, ''].join('\n');
};

export const errorsPage = (): string => [HEAD, ...Object.entries(ERROR_CODES).map(table)].join('\n');

if (import.meta.main) writeFileSync(FILE, errorsPage());
