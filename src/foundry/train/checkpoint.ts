// Checkpoints: a state in a folder of its own, whole or not there, and checked against its root when it is read.

import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError, systemCode, writeFileAtomic, writeFolderAtomic, writeFully } from '../../base/index.ts';
import { Safetensors, safetensorsHeader } from '../../formats/index.ts';
import { canonicalJson, type StateTensor, stateRoot } from '../../ledger/index.ts';
import type { ReadState } from './shared-state.ts';
import type { Trainer } from './trainer.ts';

const FORMAT_VERSION = 1;

/** Name of a checkpoint's folder. */
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

/** Writes a state; `data` of its tensors are read as they are now. */
export function writeCheckpoint(folder: string, step: number, root: string, tensors: StateTensor[]): void {
  const bytes = tensors.map(({ data }) => data);
  write(folder, step, root, tensors, bytes);
}

/** Writes the state of a trainer, wherever its tensors lie. */
export const saveCheckpoint = (folder: string, root: string, trainer: Trainer): void =>
  write(folder, trainer.step, root, trainer.stateTensors, trainer.stateBytes());

/** `bytes` are those of the tensors in their order, in any pieces. */
function write(
  folder: string,
  step: number,
  root: string,
  tensors: Omit<StateTensor, 'data'>[],
  bytes: Iterable<Uint8Array>,
): void {
  writeFolderAtomic(join(folder, checkpointName(step)), (inside) => {
    const fd = openSync(join(inside, 'state.safetensors'), 'wx');
    try {
      writeFully(fd, safetensorsHeader(tensors, { format: 'jikji-state' }));
      for (const piece of bytes) writeFully(fd, piece);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    writeFileAtomic(
      join(inside, 'state.json'),
      `${canonicalJson({ formatVersion: FORMAT_VERSION, step, stateRoot: root })}\n`,
    );
  });
}

/** Removes a checkpoint at once: whoever is killed half-way leaves a temporary folder, not half a checkpoint. */
export function removeCheckpoint(folder: string, step: number): void {
  const path = join(folder, checkpointName(step));
  const temporary = `${path}.${process.pid}.tmp`;
  renameSync(path, temporary);
  rmSync(temporary, { recursive: true, force: true });
}

/** The error of a checkpoint that is not what was written. */
export const checkpointBroken = (folder: string, step: number, what: string, cause?: unknown): JikjiError =>
  new JikjiError(
    'checkpoint-broken',
    what,
    join(folder, checkpointName(step)),
    'make --resume goes on from the checkpoint before it, and writes this one again',
    { cause },
  );

/** What reading failed of: damage, or that the system does not let it be read, which no other checkpoint mends. */
function readFailure(folder: string, step: number, what: string, error: unknown): unknown {
  const cause = error instanceof JikjiError && systemCode(error.cause) ? error.cause : error;
  const code = systemCode(cause);
  const known = code === undefined ? error instanceof JikjiError || error instanceof SyntaxError : GONE.includes(code);
  return known ? checkpointBroken(folder, step, what, error) : cause;
}
const GONE = ['ENOENT', 'ENOTDIR', 'EISDIR'];

/**
 * Reads the state of `step` into `tensors` (names, shapes and bytes must agree) and returns its root.
 * @throws JikjiError `checkpoint-broken`, `checkpoint-version`
 */
export function readCheckpoint(folder: string, step: number, tensors: StateTensor[]): string {
  const fill = (read: ReadState): void => {
    for (const { name, data } of tensors) read(name, data, 0);
  };
  return readChecked(folder, step, tensors, fill, () => stateRoot(step, tensors));
}

/**
 * Brings a trainer to the state of `step`, wherever its tensors lie, and returns its root.
 * @throws JikjiError `checkpoint-broken`, `checkpoint-version`; the trainer then has no state, and can take another one
 */
export const loadCheckpoint = (folder: string, step: number, trainer: Trainer): string =>
  readChecked(
    folder,
    step,
    trainer.stateTensors,
    (read) => trainer.takeState(step, read),
    () => trainer.stateRoot(),
  );

function readChecked(
  folder: string,
  step: number,
  tensors: Omit<StateTensor, 'data'>[],
  fill: (read: ReadState) => void,
  rootOf: () => string,
): string {
  const path = join(folder, checkpointName(step));
  const broken = (what: string, cause?: unknown): JikjiError => checkpointBroken(folder, step, what, cause);
  const damage = (error: unknown) =>
    readFailure(folder, step, `the checkpoint is damaged: ${(error as Error).message}`, error);
  let claimed: { formatVersion?: unknown; step?: unknown; stateRoot?: unknown };
  try {
    claimed = JSON.parse(readFileSync(join(path, 'state.json'), 'utf8')) ?? {};
  } catch (cause) {
    throw readFailure(folder, step, 'state.json of the checkpoint cannot be read', cause);
  }
  const { formatVersion } = claimed;
  if (Number.isInteger(formatVersion) && formatVersion !== FORMAT_VERSION)
    throw new JikjiError(
      'checkpoint-version',
      `the checkpoint has format version ${formatVersion}, this is version ${FORMAT_VERSION}`,
      path,
      'go on with the version of Jikji that wrote it',
    );
  if (formatVersion !== FORMAT_VERSION) throw broken('state.json of the checkpoint names no format version');
  if (claimed.step !== step) throw broken(`the checkpoint says it is of step ${claimed.step}`);
  let file: Safetensors;
  try {
    file = Safetensors.open(join(path, 'state.safetensors'));
  } catch (cause) {
    throw damage(cause);
  }
  try {
    for (const { name, shape } of tensors) {
      const info = file.tensors.get(name);
      if (info?.dtype !== 'F32' || info.shape.join() !== shape.join()) {
        throw broken(`the checkpoint has no ${name} of shape [${shape}]`);
      }
    }
    fill((name, target, offset) => {
      try {
        file.read(name, target, offset);
      } catch (cause) {
        throw damage(cause);
      }
    });
  } finally {
    file.close();
  }
  const root = rootOf();
  if (root !== claimed.stateRoot) throw broken('the checkpoint was altered: its state does not have the root it names');
  return root;
}
