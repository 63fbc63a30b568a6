// Backups encrypted as age does it (https://age-encryption.org/v1), by the package of its author. It is loaded when it is needed. Nothing
// is written to disk.

import { closeSync, createReadStream, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { JikjiError, systemCode } from '../../base/index.ts';
import { recipientBroken } from './refusals.ts';

const age = () => import('age-encryption');

/** An X25519 recipient: every `age` that is in use can decrypt for it. The package checks the checksum. */
const RECIPIENT = /^age1[02-9ac-hj-np-z]{58}$/;
const MAX_IDENTITY_BYTES = 64 << 10;
const BINARY = 'age-encryption.org/v1';
const ARMOURED = '-----BEGIN AGE ENCRYPTED FILE-----';

/** @throws JikjiError `recipient-broken` */
export async function encrypterFor(
  recipient: string,
): Promise<(bytes: AsyncIterable<Uint8Array>) => Promise<Readable>> {
  const { Encrypter } = await age();
  const encrypter = new Encrypter();
  try {
    if (!RECIPIENT.test(recipient)) throw new Error('not an X25519 recipient');
    encrypter.addRecipient(recipient);
  } catch (cause) {
    // A secret key that was pasted here must not be in any answer or log.
    const input = recipient.startsWith('age1') ? recipient.slice(0, 80) : 'recipient';
    throw recipientBroken(input).causedBy(cause);
  }
  return async (bytes) => {
    const plain = Readable.toWeb(Readable.from(bytes, { objectMode: false })) as unknown as ReadableStream<Uint8Array>;
    return Readable.fromWeb((await encrypter.encrypt(plain)) as unknown as WebStream<Uint8Array>);
  };
}

/** Whether a file is encrypted, by its beginning. */
function encryptionOf(file: string): 'none' | 'binary' | 'armoured' {
  const start = Buffer.alloc(64);
  let length = 0;
  try {
    const handle = openSync(file, 'r');
    try {
      length = readSync(handle, start);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return 'none'; // whoever reads it says what is wrong
  }
  const text = start.toString('latin1', 0, length);
  return text.startsWith(BINARY) ? 'binary' : text.startsWith(ARMOURED) ? 'armoured' : 'none';
}

/** The identities in a file as age-keygen writes it. @throws JikjiError `file-missing`, `identity-broken` */
function readIdentities(file: string): string[] {
  const broken = (cause?: unknown) =>
    new JikjiError('identity-broken', 'this file holds no age identity', file, 'give a file that age-keygen wrote', {
      cause,
    });
  let text: string;
  try {
    if (statSync(file).size > MAX_IDENTITY_BYTES) throw broken();
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT')
      throw new JikjiError('file-missing', 'this file does not exist', file, 'check its name', { cause: error });
    throw systemCode(error) === undefined ? error : broken(error);
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (lines.length === 0 || !lines.every((line) => /^AGE-SECRET-KEY-1[0-9A-Z]{58}$/.test(line.trim()))) throw broken();
  return lines.map((line) => line.trim());
}

/**
 * The bytes of a backup, decrypted with the identities of a file; undefined if the backup is not encrypted.
 * @throws JikjiError `backup-encrypted`, `file-missing`, `identity-broken`
 */
export async function openBackup(file: string, identity: string | undefined): Promise<Readable | undefined> {
  const identities = identity === undefined ? undefined : readIdentities(identity);
  const encryption = encryptionOf(file);
  if (encryption === 'none') return undefined;
  const encrypted = (message: string, hint: string, cause?: unknown) =>
    new JikjiError('backup-encrypted', message, file, hint, { cause });
  const byHand = 'decrypt it first: age --decrypt --identity KEY --output FILE ENCRYPTED';
  if (encryption === 'armoured') throw encrypted('this backup is encrypted, and written as text', byHand);
  if (!identities) throw encrypted('this backup is encrypted', `give --identity, or ${byHand}`);
  const { Decrypter } = await age();
  const decrypter = new Decrypter();
  const source = createReadStream(file);
  try {
    for (const one of identities) decrypter.addIdentity(one);
    const plain = await decrypter.decrypt(Readable.toWeb(source) as unknown as ReadableStream<Uint8Array>);
    return Readable.from(checked(Readable.fromWeb(plain as unknown as WebStream<Uint8Array>), file));
  } catch (error) {
    source.destroy();
    throw encrypted('no identity in the file opens this backup', 'give the key whose recipient it was made for', error);
  }
}

/** Each piece was authenticated before it comes; an altered or shortened file is an error where that shows. */
async function* checked(plain: Readable, file: string): AsyncGenerator<Buffer> {
  try {
    for await (const piece of plain) yield piece as Buffer;
  } catch (cause) {
    const message = 'the backup is not as it was written: its encryption does not hold';
    throw new JikjiError('backup-broken', message, file, 'use another backup', { cause });
  }
}
