// `npm run check:planner [WORD...]`: PyTorch counts what a device keeps in training, in the cases whose names have all the words, and is
// compared with the planner's memory. Exit code 1 where they differ, 2 without PyTorch. Knows only how to run count.py.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PYTHON } from '../forks.ts';
import { workFolder } from '../work-folder.ts';
import { plannedCases } from './cases.ts';

const words = process.argv.slice(2);
const cases = plannedCases().filter(({ name }) => words.every((word) => name.includes(word)));
const folder = workFolder('planner');
writeFileSync(join(folder, 'cases.json'), JSON.stringify(cases));
// One thread, since the models are small.
const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1', OMP_WAIT_POLICY: 'PASSIVE' };
const done = spawnSync(PYTHON, [join(import.meta.dirname, 'count.py'), folder], { stdio: 'inherit', env });
if (done.error) console.error(`error: ${PYTHON} cannot be run (${done.error.message})`);
process.exitCode = done.error ? 2 : (done.status ?? 1);
