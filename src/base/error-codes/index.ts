// Every error code of Jikji with its meaning, in groups by the user's task. scripts/errors-table.ts writes docs/errors.md from it. Hints
// are not here: they differ from place to place.

import { COMMANDS } from './commands.ts';
import { EVALUATION } from './evaluation.ts';
import { EVIDENCE } from './evidence.ts';
import { JOBS } from './jobs.ts';
import { MACHINES } from './machines.ts';
import { MODELS } from './models.ts';
import { PROGRAMMES } from './programmes.ts';
import { RUNS } from './runs.ts';
import { SERVER } from './server.ts';
import { TEXTS } from './texts.ts';
import { VALUE_CHAIN } from './value-chain.ts';

export const ERROR_CODES = {
  'Recipes and texts': TEXTS,
  'Making a run': RUNS,
  Models: MODELS,
  Evaluation: EVALUATION,
  'Audit, evidence and keys': EVIDENCE,
  'The programme': PROGRAMMES,
  'The value chain': VALUE_CHAIN,
  'Server and log-in': SERVER,
  'Jobs and ranks': JOBS,
  'Machines and files': MACHINES,
  'The command line': COMMANDS,
} as const;

type Groups = typeof ERROR_CODES;
export type ErrorCode = { [Group in keyof Groups]: keyof Groups[Group] }[keyof Groups];

/** The beginnings of codes with an ending: `recipe` and `task` for `yaml`. */
export type BeginningOf<Code, Ending extends string> = Code extends `${infer Beginning}-${Ending}` ? Beginning : never;
