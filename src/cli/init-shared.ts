// What both recipes of `jikji init` have in common, for texts and for conversations: the name, and what is said of licence, time and disk.

import { existsSync, readdirSync, statfsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { asciiName, quantity, shellWord } from '../base/index.ts';
import { readStart } from '../formats/index.ts';
import type { Checkpoints } from '../foundry/recipe/index.ts';
import { RUNS } from '../run-folder/index.ts';
import { calledAs } from './called-as.ts';
import { foundry } from './rooms.ts';
import { bytes } from './text.ts';

/** The start of a recipe, in which its name stands. */
const NAME_BYTES = 1 << 16;

/** Why a seed stands in a recipe that nobody has made yet. */
export const SEED_REMARK =
  '# The seed was drawn for this recipe: with it the recipe makes the same run again. Without one each run draws its own.';

interface Naming {
  /** The run is named after the first of these that gives a name. */
  words: readonly string[];
  otherwise: string;
  /** The folder of its recipe. */
  dir: string;
}

/** The name of a run that is not there yet, and notes where people would not know it by that. */
export function runName({ words, otherwise, dir }: Naming): { name: string; notes: string[] } {
  const after = words.find((word) => asciiName(word) !== '');
  const base = after === undefined ? otherwise : asciiName(after);
  const recipes = namesIn(dir);
  let name = base;
  for (let n = 2; existsSync(join(RUNS, name)) || recipes.has(name); n++) name = `${base.slice(0, 90)}-${n}`;
  const notes: string[] = [];
  const [wanted] = words;
  if (!/^[ -~]*$/.test(wanted)) {
    const how = after === wanted ? ' after' : ', not after';
    const letters = 'names of runs have a-z, 0-9, ".", "_" and "-"; Hangul is romanised';
    notes.push(`the run is named ${base}${how} ${wanted}: ${letters}`);
  }
  if (name !== base) {
    const run = join(RUNS, base);
    notes.push(`the run is named ${name}: the name ${base} is taken (${existsSync(run) ? run : recipes.get(base)})`);
  }
  return { name, notes };
}

/** The names in the recipes of a folder, with their files: each of them is made in the folder of its name. */
function namesIn(dir: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (!entry.isFile() || !/\.ya?ml$/i.test(entry.name)) continue;
    const path = join(dir, entry.name);
    try {
      const name = /^name: *['"]?([\w.-]+)/m.exec(readStart(path, NAME_BYTES).toString('latin1'))?.[1];
      if (name !== undefined) names.set(name, path);
    } catch {
      // A file that cannot be read holds no name against this one.
    }
  }
  return names;
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

/** What to call instead where the texts of a folder are conversations; undefined where none of its files may hold any. */
export async function chatCall(dir: string): Promise<{ words: string; isSure: boolean } | undefined> {
  const talks = await (await foundry()).conversationsIn(dir);
  if (!talks) return undefined;
  const call = `${calledAs()} init --chat ${shellWord(talks.path)} --from RUN tunes a model on them`;
  const words = talks.isSure
    ? `${basename(talks.path)} holds conversations: ${call}`
    : `if it holds conversations: ${call}`;
  return { words, isSure: talks.isSure };
}

/** The note on a training that takes more than was asked for; `why` it is no shorter. */
export const overTimeNote = ({ seconds, minutes }: Pick<NoteInput, 'seconds' | 'minutes'>, why: string): string[] =>
  seconds > 1.1 * 60 * minutes ? [`it takes more than --minutes ${minutes}: ${why}`] : [];

export function sayDisk(
  steps: number,
  { checkpointEvery, keepEvery, kept, stateBytes }: Checkpoints,
  diskBytes: number,
) {
  const between = quantity(Math.min(steps, checkpointEvery * keepEvery), 'step');
  const states = `${quantity(kept, 'state')} of ${bytes(stateBytes)} ${kept === 1 ? 'stays' : 'stay'}`;
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
