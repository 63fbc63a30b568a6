// What both recipes of `jikji init` have in common, for texts and for conversations: the name, and what is said of licence, time and disk.

import { statfsSync } from 'node:fs';
import { asciiName, counted } from '../base/index.ts';
import type { Checkpoints } from '../foundry/recipe/index.ts';
import { bytes } from './text.ts';

/** Why a seed stands in a recipe that nobody has made yet. */
export const SEED_REMARK =
  '# The seed was drawn for this recipe: with it the recipe makes the same run again. Without one each run draws its own.';

/** The name of a run after the first of `words` that gives one, and a note where people would not know it by that. */
export function runName(words: readonly string[], otherwise: string): { name: string; notes: string[] } {
  const after = words.find((word) => asciiName(word) !== '');
  const name = after === undefined ? otherwise : asciiName(after);
  const [wanted] = words;
  if (/^[ -~]*$/.test(wanted)) return { name, notes: [] };
  const how = after === wanted ? ' after' : ', not after';
  const note = `the run is named ${name}${how} ${wanted}: names of runs have a-z, 0-9, ".", "_" and "-"; Hangul is romanised`;
  return { name, notes: [note] };
}

export interface NoteInput {
  /** What the recipe trains on. */
  what: 'texts' | 'conversations';
  /** The folder in which the run will lie. */
  dir: string;
  licence: string;
  languages: readonly string[];
  /** Of the training, where nothing else runs. */
  seconds: number;
  checkpoints: Checkpoints;
  /** Disk space of the run. */
  diskBytes: number;
  /** What was asked for. */
  minutes: number;
  disk: number;
}

/** Warnings and advice on licence, language and disk. */
export function sharedNotes({ what, dir, licence, languages, checkpoints, diskBytes, disk }: NoteInput): string[] {
  const { stateBytes } = checkpoints;
  const notes: string[] = [];
  if (licence === 'unknown')
    notes.push(`the licence of the ${what} is not stated: write it into the recipe, or --licence NAME`);
  if (languages.includes('und')) notes.push('language und means not known: write it into the recipe');
  if (stateBytes > disk * 1e9)
    notes.push(`one state takes ${bytes(stateBytes)}, more than --disk ${disk}: the last one stays all the same`);
  const free = freeBytes(dir);
  if (free !== undefined && free < diskBytes + stateBytes)
    notes.push(`only ${bytes(free)} are free in ${dir}: make the run on another disk with --out, or lower --disk`);
  return notes;
}

/** The note on a training that takes more than was asked for; `why` it is no shorter. */
export const overTimeNote = ({ seconds, minutes }: Pick<NoteInput, 'seconds' | 'minutes'>, why: string): string[] =>
  seconds > 1.1 * 60 * minutes ? [`it takes more than --minutes ${minutes}: ${why}`] : [];

export function sayDisk(
  steps: number,
  { checkpointEvery, keepEvery, kept, stateBytes }: Checkpoints,
  diskBytes: number,
) {
  const between = counted(Math.min(steps, checkpointEvery * keepEvery), 'step');
  const states = `${counted(kept, 'state')} of ${bytes(stateBytes)} ${kept === 1 ? 'stays' : 'stay'}`;
  return `The run will take about ${bytes(diskBytes)} of disk: ${states}, one for every ${between}.`;
}

function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
