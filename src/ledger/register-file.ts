// A register in a file, for an office without a programme. One process at a time appends to it, and an answer is on disk before it is
// returned. A line that a crash cut off was never returned; it is removed before the next line is written.

import { readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  appendDurably,
  JikjiError,
  makeFolder,
  stateFolder,
  syncFolder,
  systemCode,
  takeLock,
  writeFailure,
} from '../base/index.ts';
import type { Signer } from './keys.ts';
import type { Lodgeable } from './lodging.ts';
import { MAX_REGISTER_BYTES, otherOffice, Register, type RegisterEntry } from './register.ts';

/** Milliseconds to wait for another process that appends an entry, in all and between two attempts. */
const LOCK_TIMEOUT_MS = 20_000;
const RETRY_INTERVAL_MS = 20;

/** The default path of an office's register: in the user's state folder. */
export const registerFile = (office: string): string => join(stateFolder(), 'registers', `${office}.jsonl`);

/** The text of a register's file, unverified. @throws JikjiError `register-missing`, `register-broken` (too large, not UTF-8) */
export function readRegisterText(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > MAX_REGISTER_BYTES)
      throw new JikjiError('register-broken', `has ${size} bytes, more than a register`, path, 'check the path');
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (cause) {
    if (cause instanceof JikjiError) throw cause;
    if (systemCode(cause) === undefined)
      throw new JikjiError('register-broken', 'is not UTF-8', path, 'get the register again from the office', {
        cause,
      });
    throw new JikjiError('register-missing', 'cannot be read', path, 'check the path', { cause });
  }
}

export interface RegisterAnswer {
  entry: RegisterEntry;
  /** False if the office has answered this before: `entry` is then the earlier answer. */
  fresh: boolean;
  /** Head of the register with this entry. */
  head: string;
}

/**
 * Answers a lodging and appends the answer to the register at `path`, which is created if it does not exist.
 * @throws JikjiError `register-broken`, `register-other-office`, `locked`, `disk-full`, `not-writable`
 */
export async function lodgeInFile(path: string, asked: Lodgeable, signer: Signer): Promise<RegisterAnswer> {
  try {
    makeFolder(dirname(path), 0o700);
  } catch (error) {
    throw writeFailure(error, path);
  }
  const release = await waitForLock(`${path}.lock`);
  try {
    return await append(path, asked, signer);
  } finally {
    release();
  }
}

/** The answer that the register at `path` already has, and its head; undefined if it has none. Appends nothing. */
export function findAnswerInFile(
  path: string,
  asked: Lodgeable,
  office: Pick<Signer, 'publicKey'>,
): Pick<RegisterAnswer, 'entry' | 'head'> | undefined {
  const { header } = Register.create(office.publicKey);
  const found = exists(path) ? wholeLines(readRegisterText(path), header) : '';
  if (found === '') return undefined;
  const register = Register.read(found, path);
  const entry = register.findAnswer(asked);
  return entry && { entry, head: register.head };
}

async function waitForLock(path: string): Promise<() => void> {
  for (const until = performance.now() + LOCK_TIMEOUT_MS; ; await setTimeout(RETRY_INTERVAL_MS)) {
    try {
      return takeLock(path, 'this register');
    } catch (error) {
      if (!(error instanceof JikjiError && error.code === 'locked') || performance.now() > until) throw error;
    }
  }
}

/** The whole lines of a register: a crash may have cut off the last one. The text of any other file is returned unchanged. */
function wholeLines(text: string, header: string): string {
  const end = text.lastIndexOf('\n') + 1;
  return end === 0 && !header.startsWith(text) ? text : text.slice(0, end);
}

async function append(path: string, asked: Lodgeable, signer: Signer): Promise<RegisterAnswer> {
  const created = Register.create(signer.publicKey);
  const found = exists(path) ? wholeLines(readRegisterText(path), created.header) : '';
  const register = found === '' ? created : Register.read(found, path);
  if (register.office !== signer.fingerprint) throw otherOffice(register.office, signer.fingerprint);
  const before = register.findAnswer(asked);
  if (before) return { entry: before, fresh: false, head: register.head };
  const line = register.next(asked, signer);
  const entry = register.append(line, path);
  await write(path, Buffer.byteLength(found), found === '' ? register.header + line : line);
  return { entry, fresh: true, head: register.head };
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Writes `text` from byte `at` on, where the whole lines end. On failure the file is cut back to `at`. */
async function write(path: string, at: number, text: string): Promise<void> {
  const isNew = !exists(path);
  try {
    const file = await open(path, isNew ? 'wx' : 'r+', 0o644);
    try {
      await appendDurably(file, at, Buffer.from(text));
    } finally {
      await file.close();
    }
    if (isNew) syncFolder(dirname(path));
  } catch (error) {
    throw writeFailure(error, path);
  }
}
