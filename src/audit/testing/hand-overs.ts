// Runs that were handed over, for tests: made in parts by several keys, and what whoever has these keys can sign again. The forgeries stand in
// hand-over-forgeries.ts.

import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { handOver, takeOver } from '../../fleet/move/hand-over.ts';
import type { MakeEvent, MakeOptions } from '../../foundry/index.ts';
import {
  digestOfFile,
  type Predicate,
  readStatement,
  type Signer,
  type Subject,
  signStatement,
} from '../../ledger/index.ts';
import { HAND_OVERS, handOverFile, takeOverFile } from '../../run-folder/index.ts';
import type { Bench, RecipeChanges } from './run.ts';

/** A key, and the step after which it hands the run to the next one; the last of them ends it. */
export interface Holder {
  signer: Signer;
  until?: number;
}

/** Makes a run of which each of these keys makes a part. `between` is called after each hand-over, with the number of hand-overs so far. */
export async function makeMoved(
  bench: Bench,
  holders: readonly Holder[],
  changes: RecipeChanges = {},
  { between = () => {}, ...more }: Partial<MakeOptions> & { between?: (run: string, number: number) => void } = {},
): Promise<string> {
  const out = more.out ?? bench.path();
  for (const [i, { signer, until }] of holders.entries()) {
    const stop = new AbortController();
    const onEvent = (event: MakeEvent): void => {
      if (event.kind === 'step' && event.step === until) stop.abort(new Error('stop'));
    };
    const part = { ...more, out, signal: stop.signal, onEvent, resume: i > 0 || more.resume === true };
    const made = bench.make(signer, changes, part);
    if (until === undefined) {
      await made;
      break;
    }
    await made.then(
      () => Promise.reject(new Error(`it did not stop after step ${until}`)),
      (error) => {
        if (!(error instanceof JikjiError && error.code === 'interrupted')) throw error;
      },
    );
    const next = holders[i + 1]!.signer;
    const handed = await handOver(out, next.publicKey, signer);
    if (handed.step !== until) throw new Error(`handed over after step ${handed.step}, not ${until}`);
    await takeOver(out, handed, next);
    between(out, handed.number);
  }
  return out;
}

/** What is signed otherwise in a hand-over and its countersignature. */
export interface HandOverChange {
  predicate?: Partial<Predicate<'hand-over'>>;
  subjects?: (state: string) => Subject[];
  signer?: Signer;
  taker?: Signer;
  /** Digest of the hand-over that is countersigned. */
  taken?: string;
}

export interface SealChange {
  predicate?: object;
  signer?: Signer;
}

/** How many hand-overs lie in a run. */
const countOf = (run: string): number =>
  existsSync(join(run, HAND_OVERS))
    ? readdirSync(join(run, HAND_OVERS)).filter((name) => /^\d{3}\.json$/.test(name)).length
    : 0;

/**
 * Signs the hand-overs of a run again, by number, each with the one before it as `after`, and countersigns them; then the seal, which names
 * them, by the key that holds the run. `keys`: those that the statements name.
 */
export function redoHandOvers(
  run: string,
  keys: readonly Signer[],
  changes: Readonly<Record<number, HandOverChange>> = {},
  seal: SealChange = {},
): void {
  const ownerOf = (key: string): Signer => keys.find(({ publicKey }) => publicKey.toString('base64') === key)!;
  const handOvers: string[] = [];
  let after: string | null = null;
  let holder = ownerOf(readStatement(join(run, 'genesis.json'), 'genesis').predicate.commitment.makerKey);
  for (let number = 1; number <= countOf(run); number++) {
    const { predicate, subjects, signer, taker, taken } = changes[number] ?? {};
    const path = join(run, handOverFile(number));
    const before = readStatement(path, 'hand-over');
    const by = signer ?? ownerOf(before.predicate.makerKey);
    const said = { ...before.predicate, after, makerKey: by.publicKey.toString('base64'), ...predicate };
    const state = before.subjects.get('state')!;
    writeFileSync(path, signStatement('hand-over', subjects?.(state) ?? [['state', state]], said, by));
    after = digestOfFile(path);
    holder = taker ?? ownerOf(said.nextKey);
    const takenPath = join(run, takeOverFile(number));
    const { time } = readStatement(takenPath, 'take-over').predicate;
    const taking = { formatVersion: 1 as const, makerKey: holder.publicKey.toString('base64'), time };
    writeFileSync(takenPath, signStatement('take-over', [['hand-over', taken ?? after]], taking, holder));
    handOvers.push(digestOfFile(takenPath));
  }
  redoSeal(run, seal.signer ?? holder, {
    ...(handOvers.length > 0 && { formatVersion: 4, handOvers }),
    ...seal.predicate,
  });
}

/** Signs the seal again with these members; those that are undefined are left out. */
export function redoSeal(run: string, signer: Signer, changes: object): void {
  const path = join(run, 'seal.json');
  const { predicate, subjects, sizes } = readStatement(path, 'seal');
  const named = [...subjects].map(([name, digest]): Subject => [name, digest, sizes.get(name)]);
  const said = { ...predicate, makerKey: signer.publicKey.toString('base64'), ...changes };
  writeFileSync(path, signStatement('seal', named, JSON.parse(JSON.stringify(said)), signer));
}

/** Takes hand-overs from this number on out of a run, with their countersignatures. */
export function dropHandOvers(run: string, from: number): void {
  for (let number = from; number <= countOf(run) + from; number++)
    for (const name of [handOverFile(number), takeOverFile(number)]) rmSync(join(run, name), { force: true });
}
