// Both ends of a hand-over in run folders: the maker's statement at the newest checkpoint, and the next key's countersignature after all that it
// states was found in the files that arrived. Knows no network.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { filePieces, JikjiError, writeFileAtomic } from '../../base/index.ts';
import { Safetensors } from '../../formats/index.ts';
import {
  digestOfCommitment,
  handOverFault,
  parseStatement,
  readStatementText,
  rootOfState,
  type Signer,
  type Statement,
  signHandOver,
  signTakeOver,
  TranscriptReader,
} from '../../ledger/index.ts';
import {
  checkpointName,
  checkpointSteps,
  handOverBroken,
  handOverFile,
  readHolder,
  requireHolder,
  runPaths,
  takeOverFile,
} from '../../run-folder/index.ts';

/** Where a run stands: its newest checkpoint. */
interface Standing {
  step: number;
  head: string;
  stateRoot: string;
}

const damaged = (message: string, path: string): JikjiError =>
  new JikjiError('run-damaged', message, path, 'jikji make --resume mends what can be mended');

/** The transcript's link at a step, after its chain from genesis on was followed. @throws JikjiError `run-damaged` */
async function headAt(folder: string, genesis: Statement<'genesis'>, step: number): Promise<string> {
  const { transcript } = runPaths(folder);
  let head = digestOfCommitment(genesis.predicate.commitment);
  if (step === 0) return head;
  for (const record of new TranscriptReader(filePieces(transcript))) {
    if (record.linkAfter(head) !== record.link) throw damaged(`its chain breaks at step ${record.step}`, transcript);
    head = record.link;
    if (record.step === step) return head;
    if (record.step % 4096 === 0) await setImmediate();
  }
  throw damaged(`it ends before the checkpoint of step ${step}`, transcript);
}

/** The root of the state in a checkpoint. @throws JikjiError `safetensors-broken` */
async function rootAt(folder: string, step: number): Promise<string> {
  const file = Safetensors.open(join(runPaths(folder).checkpoints, checkpointName(step), 'state.safetensors'));
  try {
    const tensors = [...file.tensors]
      .map(([name, { dtype, shape, byteLength }]) => ({ name, dtype, shape, bytes: byteLength }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const read = (name: string, into: Uint8Array, from: number): void => file.read(name, into, from);
    return await rootOfState({ step, tensors, read }, () => setImmediate());
  } finally {
    file.close();
  }
}

/** A run without a checkpoint stands at step 0, which both sides draw again. */
async function standingOf(folder: string, genesis: Statement<'genesis'>): Promise<Standing> {
  const step = checkpointSteps(runPaths(folder).checkpoints).at(-1) ?? 0;
  const { stateRoot } = genesis.predicate.commitment;
  return {
    step,
    head: await headAt(folder, genesis, step),
    stateRoot: step === 0 ? stateRoot : await rootAt(folder, step),
  };
}

/** A hand-over as it travels. */
export interface SignedHandOver {
  /** From 1. */
  number: number;
  text: string;
  step: number;
}

/**
 * Signs that another key goes on with the run from its newest checkpoint, and writes that into its folder: from then on this key does not.
 * A hand-over to the same key that waits for its countersignature is given again. The caller holds the run.
 * @throws JikjiError `run-handed-over`, `key-changed`, `run-finished`, `run-damaged`
 */
export async function handOver(folder: string, nextKey: Buffer, signer: Signer): Promise<SignedHandOver> {
  const waiting = waitingHandOver(folder);
  if (waiting) {
    if (waiting.nextKey.equals(nextKey)) return waiting;
    throw new JikjiError(
      'run-handed-over',
      `this run was handed over at step ${waiting.step} to another key than that site has`,
      join(folder, handOverFile(waiting.number)),
      'name the site that has the key: a hand-over cannot be withdrawn',
    );
  }
  const { genesis, chain } = requireHolder(folder, signer.fingerprint);
  requireUnfinished(folder);
  const standing = await standingOf(folder, genesis);
  const { digest } = genesis;
  const { commitment } = genesis.predicate;
  const text = signHandOver({ digest, commitment }, chain, standing, nextKey, signer);
  const number = chain.length + 1;
  writeFileAtomic(join(folder, handOverFile(number)), text);
  return { number, text, step: standing.step };
}

/** @throws JikjiError `run-finished` */
export function requireUnfinished(folder: string): void {
  if (existsSync(runPaths(folder).seal))
    throw new JikjiError(
      'run-finished',
      'this run is finished: nothing of it is left to train',
      folder,
      'carry it as a bundle: jikji bundle',
    );
}

/** The last hand-over of a run if the next key has not countersigned it here. @throws JikjiError `hand-over-broken`, `statement-broken` */
export function waitingHandOver(folder: string): (SignedHandOver & { nextKey: Buffer }) | undefined {
  const { chain } = readHolder(folder);
  const last = chain.at(-1);
  if (!last || last.taken) return undefined;
  const text = readStatementText(join(folder, handOverFile(chain.length)));
  const { step, nextKey } = last.statement.predicate;
  return { number: chain.length, text, step, nextKey: Buffer.from(nextKey, 'base64') };
}

/**
 * Checks a hand-over against the files in a folder, countersigns it and writes both into the folder. Countersigned before: gives that again.
 * @throws JikjiError `hand-over-broken`, `statement-broken`, `run-damaged`
 */
export async function takeOver(
  folder: string,
  { number, text }: Pick<SignedHandOver, 'number' | 'text'>,
  signer: Signer,
): Promise<string> {
  const [file, takenFile] = [join(folder, handOverFile(number)), join(folder, takeOverFile(number))];
  const { genesis, chain } = readHolder(folder);
  const before = chain.slice(0, number - 1);
  const statement = parseStatement(text, 'hand-over', file);
  const fault =
    before.length === number - 1 ? handOverFault(genesis, before, { statement, taken: undefined }) : 'otherPlace';
  if (fault !== undefined) throw handOverBroken('is not the next hand-over of the run that arrived', file);
  const known = chain[number - 1];
  if (known && known.statement.digest !== statement.digest)
    throw handOverBroken('is another one than the hand-over that is there', file);
  if (known?.taken) return readStatementText(takenFile);
  const { predicate, subjects } = statement;
  if (predicate.nextKey !== signer.publicKey.toString('base64'))
    throw handOverBroken('names another key than the one of this site', file);
  const standing = await standingOf(folder, genesis);
  if (
    standing.step !== predicate.step ||
    standing.head !== predicate.head ||
    standing.stateRoot !== subjects.get('state')
  )
    throw handOverBroken('names another state than the one that arrived', file);
  writeFileAtomic(file, text);
  const taken = signTakeOver(statement.digest, signer);
  writeFileAtomic(takenFile, taken);
  return taken;
}

/** Keeps the countersignature that came back. @throws JikjiError `hand-over-broken`, `statement-broken` */
export function keepTakeOver(folder: string, { number, text }: SignedHandOver, takenText: string): void {
  const path = join(folder, takeOverFile(number));
  const { genesis, chain } = readHolder(folder);
  const statement = parseStatement(text, 'hand-over', path);
  const taken = parseStatement(takenText, 'take-over', path);
  if (handOverFault(genesis, chain.slice(0, number - 1), { statement, taken }) !== undefined)
    throw handOverBroken('is not countersigned by the key that the hand-over names', path);
  writeFileAtomic(path, takenText);
}
