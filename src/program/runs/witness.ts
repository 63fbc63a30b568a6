// What a run of another program states about itself, for display: its environment, its size, its heads, its pairs. By its maker's word, and not
// verified but for signatures. Follows no links, and reads no file that is too large to wait for.

import type { z } from 'zod';
import {
  MADE_FROM,
  RunFolder,
  readJsonIn,
  stateFolder,
  type WitnessEnvironment,
  WitnessState,
} from '../../audit/index.ts';
import { elementsOf } from '../../engine/index.ts';
import { parseStatement, runKey, type Statement } from '../../ledger/index.ts';
import type { CurveReader } from '../../run-folder/index.ts';
import { readOrNote, type Unreadable } from './read-or-note.ts';
import { notItsHead } from './refusals.ts';

const MAX_FILE = 4 << 20;
const MAX_STATEMENT = 1 << 20;
/** Newest heads that are read. */
const MAX_HEADS = 20;

export interface WitnessShown {
  /** What the maker declares; null if it cannot be read. */
  environment: WitnessEnvironment | null;
  /** The training code that the run commits to: its first file. */
  code: { name: string; sha256: string } | null;
  /** After every so many steps a pair is drawn; 0: never, null: not known. */
  pairEvery: number | null;
  /** Steps whose states before and after have roots in the records. */
  paired: number;
  /** Heads that an office answered while it trained, by the files of the run: their number, and the newest of them. */
  headCount: number;
  heads: { step: number; time: string; office: string }[];
}

/** Whether a plain file is there, through no link. */
export const isPlain = (path: string, file: string): boolean =>
  readOrNote(file, [], () => new RunFolder(path).has(file)) ?? false;

/** Whether a file is there, and small enough to be read while others wait. */
const isSmall = (folder: RunFolder, file: string): boolean => (folder.size(file) ?? MAX_FILE + 1) <= MAX_FILE;

/** Elements of the parameters that the optimizer's groups name, in the first state that is there; null if that cannot be read. */
export function parametersOf(path: string): number | null {
  const folder = new RunFolder(path);
  const count = readOrNote('recipe.json', [], () => {
    const step = folder.names('states').flatMap((name) => /^step-(\d{6,10})$/.exec(name)?.[1] ?? [])[0];
    const file = step && `${stateFolder(Number(step))}/state.json`;
    if (!file || !isSmall(folder, file) || !isSmall(folder, 'recipe.json')) return undefined;
    const { optimizer } = readJsonIn(folder, 'recipe.json', MADE_FROM['recipe.json']).value;
    // Opening compares the shapes with the bytes that are there.
    const state = WitnessState.open(folder, Number(step));
    try {
      const names = new Set(optimizer.groups.flatMap(({ parameters }) => parameters));
      return [...names].reduce((sum, name) => sum + elementsOf(state.tensors.get(name)?.shape ?? [0]), 0);
    } finally {
      state.close();
    }
  });
  return count || null;
}

const HEAD = /^step-(\d{6,10})\.lodging\.json$/;

function headsIn(
  folder: RunFolder,
  genesis: Statement<'witness-genesis'> | undefined,
  unreadable: Unreadable,
): Pick<WitnessShown, 'heads' | 'headCount'> {
  const names = readOrNote('heads', unreadable, () => folder.names('heads')) ?? [];
  const answered = names.flatMap((name) => HEAD.exec(name)?.[1] ?? []).sort((a, b) => Number(a) - Number(b));
  const heads = answered.slice(-MAX_HEADS).flatMap((digits) => {
    const file = `heads/step-${digits}.json`;
    const found = readOrNote(file, unreadable, () => {
      const head = parseStatement(folder.text(file, MAX_STATEMENT), 'head', file);
      const answer = parseStatement(folder.text(`heads/step-${digits}.lodging.json`, MAX_STATEMENT), 'lodging', file);
      const { run, step } = head.predicate;
      const isOwn = genesis && head.keyid === genesis.keyid && run === runKey(genesis.predicate.commitment);
      if (!isOwn || step !== Number(digits) || answer.subjects.get('head.json') !== head.digest) throw notItsHead(file);
      return { step, time: answer.predicate.time, office: answer.keyid };
    });
    return found ? [found] : [];
  });
  return { headCount: answered.length, heads };
}

function read<T>(folder: RunFolder, file: string, shape: z.ZodType<T>, unreadable: Unreadable): T | undefined {
  const small = () => (isSmall(folder, file) ? readJsonIn(folder, file, shape).value : undefined);
  return readOrNote(file, unreadable, small);
}

/** What the maker declares. */
export const environmentOf = (path: string, unreadable: Unreadable): WitnessEnvironment | undefined =>
  read(new RunFolder(path), 'environment.json', MADE_FROM['environment.json'], unreadable);

/** @param reader has read the transcript */
export function witnessShown(
  path: string,
  genesis: Statement<'witness-genesis'> | undefined,
  reader: CurveReader,
  unreadable: Unreadable,
): WitnessShown {
  const folder = new RunFolder(path);
  const [first] = read(folder, 'code.json', MADE_FROM['code.json'], unreadable)?.files ?? [];
  const roots = reader.rootSteps();
  return {
    environment: environmentOf(path, unreadable) ?? null,
    code: first ? { name: first.name.slice(0, 200), sha256: first.sha256 } : null,
    pairEvery: genesis?.predicate.commitment.pairEvery ?? null,
    // Of step 1 the state before is S_0, whose root the genesis has.
    paired: roots.reduce((sum, step, i) => sum + Number(step - 1 === (i === 0 ? 0 : roots[i - 1])), 0),
    ...headsIn(folder, genesis, unreadable),
  };
}
