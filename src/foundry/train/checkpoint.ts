// Checkpoints: each is a folder with one state, written whole or not at all, and checked against its root when it is read.

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError, parseJson, systemCode, writeFileAtomic, writeFolderAtomic, writeFully } from '../../base/index.ts';
import { Safetensors, safetensorsHeader } from '../../formats/index.ts';
import { canonicalJson, type StateTensor, stateRoot } from '../../ledger/index.ts';
import { checkpointName } from '../../run-folder/index.ts';
import type { ReadState } from './shared-state.ts';
import type { Trainer } from './trainer.ts';

const FORMAT_VERSION = 1;

interface Saved extends Pick<Trainer, 'step' | 'stateTensors'> {
  /** The bytes of all tensors in order, in any pieces. */
  stateBytes: () => Iterable<Uint8Array>;
}

/** Writes the state of a trainer, alone or with ranks. */
export function saveCheckpoint(folder: string, root: string, trainer: Saved): void {
  const { step, stateTensors } = trainer;
  writeFolderAtomic(join(folder, checkpointName(step)), (inside) => {
    const fd = openSync(join(inside, 'state.safetensors'), 'wx');
    try {
      writeFully(fd, safetensorsHeader(stateTensors, { format: 'jikji-state' }));
      for (const piece of trainer.stateBytes()) writeFully(fd, piece);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    const header = canonicalJson({ formatVersion: FORMAT_VERSION, step, stateRoot: root });
    writeFileAtomic(join(inside, 'state.json'), `${header}\n`);
  });
}

/** Removes a checkpoint in one step: a process that is killed here leaves a temporary folder, not half a checkpoint. */
export function removeCheckpoint(folder: string, step: number): void {
  const path = join(folder, checkpointName(step));
  const temporary = `${path}.${process.pid}.tmp`;
  renameSync(path, temporary);
  rmSync(temporary, { recursive: true, force: true });
}

/** The error of a checkpoint that is damaged or altered. */
export const checkpointBroken = (folder: string, step: number, message: string, cause?: unknown): JikjiError =>
  new JikjiError(
    'checkpoint-broken',
    message,
    join(folder, checkpointName(step)),
    'make --resume continues from the checkpoint before it and writes this one again',
    { cause },
  );

/** The system errors that mean damage. Others, such as EACCES, are thrown as they are: no other checkpoint solves them. */
const DAMAGE = ['ENOENT', 'ENOTDIR', 'EISDIR'];

/** The error of a failed read: `checkpoint-broken` for damage, else the system's own error. */
function readFailure(folder: string, step: number, message: string, error: unknown): unknown {
  const cause = error instanceof JikjiError && systemCode(error.cause) ? error.cause : error;
  const code = systemCode(cause);
  const isDamage =
    code === undefined ? error instanceof JikjiError || error instanceof SyntaxError : DAMAGE.includes(code);
  return isDamage ? checkpointBroken(folder, step, message, error) : cause;
}

/**
 * Reads the state of `step` into `tensors` (names, shapes and bytes must agree) and returns its root.
 * @throws JikjiError `checkpoint-broken`, `checkpoint-version`
 */
export const readCheckpoint = (folder: string, step: number, tensors: StateTensor[]): string =>
  readChecked(folder, step, {
    tensors,
    fill: (read) => {
      for (const { name, data } of tensors) read(name, data, 0);
    },
    root: () => stateRoot(step, tensors),
  });

/**
 * Sets a trainer, alone or with ranks, to the state of `step` and returns its root.
 * @throws JikjiError `checkpoint-broken`, `checkpoint-version`; the trainer then has no state, and can take another one
 */
export const loadCheckpoint = (folder: string, step: number, trainer: Trainer): string =>
  readChecked(folder, step, {
    tensors: trainer.stateTensors,
    fill: (read) => trainer.takeState(step, read),
    root: () => trainer.stateRoot(),
  });

interface Target {
  tensors: Omit<StateTensor, 'data'>[];
  fill(read: ReadState): void;
  /** The root of what was filled. */
  root(): string;
}

function readChecked(folder: string, step: number, target: Target): string {
  const path = join(folder, checkpointName(step));
  const broken = (message: string) => checkpointBroken(folder, step, message);
  const damage = (error: unknown) =>
    readFailure(folder, step, `the checkpoint is damaged: ${(error as Error).message}`, error);
  let claimed: { formatVersion?: unknown; step?: unknown; stateRoot?: unknown };
  try {
    claimed = (parseJson(readFileSync(join(path, 'state.json'), 'utf8')) ?? {}) as typeof claimed;
  } catch (cause) {
    throw readFailure(folder, step, 'state.json of the checkpoint cannot be read', cause);
  }
  const { formatVersion } = claimed;
  if (Number.isInteger(formatVersion) && formatVersion !== FORMAT_VERSION)
    throw new JikjiError(
      'checkpoint-version',
      `the checkpoint has format version ${formatVersion}, this is version ${FORMAT_VERSION}`,
      path,
      'continue with the version of Jikji that wrote it',
    );
  if (formatVersion !== FORMAT_VERSION) throw broken('state.json of the checkpoint has no format version');
  if (claimed.step !== step) throw broken(`state.json of the checkpoint is of step ${claimed.step}`);
  let file: Safetensors;
  try {
    file = Safetensors.open(join(path, 'state.safetensors'));
  } catch (cause) {
    throw damage(cause);
  }
  try {
    for (const { name, shape } of target.tensors) {
      const info = file.tensors.get(name);
      if (info?.dtype !== 'F32' || info.shape.join() !== shape.join()) {
        throw broken(`the checkpoint has no ${name} of shape [${shape}]`);
      }
    }
    target.fill((name, bytes, offset) => {
      try {
        file.read(name, bytes, offset);
      } catch (cause) {
        throw damage(cause);
      }
    });
  } finally {
    file.close();
  }
  const root = target.root();
  if (root !== claimed.stateRoot)
    throw broken('the checkpoint was altered: its state does not have the root in state.json');
  return root;
}
