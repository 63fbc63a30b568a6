// The names of the files in a run folder. All readers and writers take them from here.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { REFERENCES, START } from '../ledger/index.ts';

/** The folder in which `make` makes runs that are given no other place. */
export const RUNS = 'runs';
/** The recipe as resolved, every default written out. */
export const RECIPE = 'recipe.yaml';
/** What the maker commits to before step 0, for an office to answer. */
export const REQUEST = 'request.json';
/** The office's answer to the request. */
export const LODGING = 'lodging.json';
export const GENESIS = 'genesis.json';
export const TRANSCRIPT = 'transcript.jsonl';
/** When and on which machines it was made: unverified. */
export const SESSIONS = 'sessions.jsonl';
export const VALIDATION = 'validation.jsonl';
export const CORPUS = 'corpus';
export const MANIFEST = 'corpus/manifest.json';
export const TOKENS = 'corpus/tokens.json';
export const TOKENIZER = 'tokenizer/tokenizer.json';
export const CHECKPOINTS = 'checkpoints';
/** Name of the folder of a checkpoint. */
export const checkpointName = (step: number): string => `step-${String(step).padStart(6, '0')}`;

/** Steps of the checkpoints in a folder, ascending. */
export function checkpointSteps(folder: string): number[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => /^step-\d{6,}$/.test(name))
    .map((name) => Number(name.slice(5)))
    .sort((a, b) => a - b);
}

/** A folder in Hugging Face's form. */
export const MODEL = 'model';
export const SEAL = 'seal.json';
/** The office's answer to the seal. */
export const SEAL_LODGING = 'seal-lodging.json';
/** What `make --json` printed at the end. */
export const RESULT = 'result.json';
/** Held by the process that works on the run. */
export const RUN_LOCK = 'lock';

/** The record of a sweep, in the folder around its runs. */
export const SWEEP = 'sweep.json';

/** The seal and the genesis of the parent, in a run that begins with the weights of another one. */
export const PARENT_SEAL = 'start/seal.json';
export const PARENT_GENESIS = 'start/genesis.json';
/** The tokenizer of the parent: in the evidence where that of the run is another one. */
export const PARENT_TOKENIZER = 'start/tokenizer.json';

/** The chat template of a parent that has one. */
export const PARENT_TEMPLATE = 'start/chat_template.jinja';

/** How conversations became tokens, in a run with some. */
export const CHAT_TEMPLATE = 'tokenizer/chat_template.jinja';

/** Hand-overs of a run that goes on under another key, and the next keys' countersignatures. */
export const HAND_OVERS = 'hand-overs';
const numbered = (number: number): string => `${HAND_OVERS}/${String(number).padStart(3, '0')}`;
/** Names of the hand-over with this number, from 1, and of its countersignature. */
export const handOverFile = (number: number): string => `${numbered(number)}.json`;
export const takeOverFile = (number: number): string => `${numbered(number)}.taken.json`;

/** The same of a parent, in the folder of a run that begins with its weights. */
export const parentHandOvers = {
  handOver: (number: number): string => `start/${handOverFile(number)}`,
  takeOver: (number: number): string => `start/${takeOverFile(number)}`,
};

/** The paths of these files in one folder. */
export const runPaths = (folder: string) => ({
  recipe: join(folder, RECIPE),
  request: join(folder, REQUEST),
  lodging: join(folder, LODGING),
  genesis: join(folder, GENESIS),
  transcript: join(folder, TRANSCRIPT),
  sessions: join(folder, SESSIONS),
  validation: join(folder, VALIDATION),
  corpus: join(folder, CORPUS),
  manifest: join(folder, MANIFEST),
  tokens: join(folder, TOKENS),
  tokenizer: join(folder, TOKENIZER),
  chatTemplate: join(folder, CHAT_TEMPLATE),
  /** The weights that a run with a parent begins with. */
  start: join(folder, START),
  parentTokenizer: join(folder, PARENT_TOKENIZER),
  references: join(folder, REFERENCES),
  parentTemplate: join(folder, PARENT_TEMPLATE),
  checkpoints: join(folder, CHECKPOINTS),
  model: join(folder, MODEL),
  seal: join(folder, SEAL),
  sealLodging: join(folder, SEAL_LODGING),
  result: join(folder, RESULT),
});
