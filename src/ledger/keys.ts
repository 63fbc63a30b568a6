// The user's signing keys: one PEM file each in the configuration folder, readable by the user alone. It holds the private key, then the
// public key, which can be read without the passphrase. Knows nothing of what is signed.

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmodSync, existsSync, linkSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { JikjiError, makeFolder, systemCode, writeFailure, writeFileAtomic } from '../base/index.ts';
import { sha256Hex } from './digest.ts';
import { signBytes } from './ecdsa.ts';

/** Name of the key that is created on first use. */
export const DEFAULT_KEY = 'default';

/** A key that can sign. */
export interface Signer {
  /** SPKI in DER. */
  publicKey: Buffer;
  /** SHA-256 of the SPKI, in hex. */
  fingerprint: string;
  sign(data: Uint8Array): Buffer;
}

export interface KeyInfo {
  name: string;
  fingerprint: string;
  /** SPKI as PEM. */
  publicKey: string;
  protected: boolean;
}

function keysFolder(): string {
  const config = process.env.XDG_CONFIG_HOME;
  return join(config && isAbsolute(config) ? config : join(homedir(), '.config'), 'jikji', 'keys');
}

const keyPath = (name: string): string => join(keysFolder(), `${name}.pem`);

/** Fingerprint of a public key: SHA-256 of its SPKI in DER. */
export const fingerprintOf = (spki: Uint8Array): string => sha256Hex(spki);

const spkiOf = (key: KeyObject): Buffer => createPublicKey(key).export({ format: 'der', type: 'spki' });

function checkName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) return;
  throw new JikjiError('key-name', 'is not a name for a key', name, 'use letters, digits, - and _');
}

const isProtected = (pem: string): boolean => pem.includes('ENCRYPTED PRIVATE KEY');

/**
 * Makes a P-256 key. A passphrase encrypts its private part.
 * @throws JikjiError `key-exists`, `key-name`, `disk-full`, `not-writable`
 */
export function newKey(name: string, passphrase?: string): KeyInfo {
  checkName(name);
  if (existsSync(keyPath(name))) {
    throw new JikjiError('key-exists', 'a key of this name already exists', name, 'choose another name');
  }
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  try {
    makeFolder(keysFolder(), 0o700);
  } catch (error) {
    const failure = writeFailure(error, keysFolder());
    if (!(failure instanceof JikjiError) || failure.code !== 'not-writable') throw failure;
    throw failure.reworded({ hint: 'keys are kept there: make it writable, or set XDG_CONFIG_HOME to another folder' });
  }
  const cipher = passphrase ? { cipher: 'aes-256-cbc', passphrase } : {};
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8', ...cipher }) as string;
  writeOnce(keyPath(name), pem + publicKey.export({ format: 'pem', type: 'spki' }), name);
  return showKey(name);
}

/** Writes a key file and never overwrites one, not even one that another process has just made. */
function writeOnce(path: string, pem: string, name: string): void {
  const draft = `${path}.${process.pid}.new`;
  writeFileAtomic(draft, pem, 0o600);
  try {
    chmodSync(draft, 0o600); // for any umask
    linkSync(draft, path);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw writeFailure(error, path);
    throw new JikjiError('key-exists', 'a key of this name already exists', name, 'choose another name');
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The user's keys, by name. A file that is not a key is left out. */
export function listKeys(): KeyInfo[] {
  if (!existsSync(keysFolder())) return [];
  const names = readdirSync(keysFolder()).filter((file) => file.endsWith('.pem'));
  return names.sort().flatMap((file) => {
    try {
      return [showKey(file.slice(0, -4))];
    } catch {
      return [];
    }
  });
}

/** @throws JikjiError `key-missing`, `key-broken` */
export function showKey(name: string): KeyInfo {
  checkName(name);
  const pem = readKeyFile(keyPath(name), name);
  try {
    const publicPart = /-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----\n?/.exec(pem);
    const key = createPublicKey(publicPart?.[0] ?? ''); // an unprotected private key alone would be accepted too
    const fingerprint = fingerprintOf(key.export({ format: 'der', type: 'spki' }));
    const publicKey = key.export({ format: 'pem', type: 'spki' }) as string;
    return { name, fingerprint, publicKey, protected: isProtected(pem) };
  } catch (cause) {
    throw new JikjiError('key-broken', 'holds no public key', keyPath(name), 'restore the file from a copy', {
      cause,
    });
  }
}

function readKeyFile(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const isThere = systemCode(cause) !== 'ENOENT';
    if (isThere) throw new JikjiError('key-broken', 'cannot be read', path, 'give its user the right to', { cause });
    const hint = 'see: jikji key list; make one: jikji key new NAME';
    throw new JikjiError('key-missing', 'there is no such key', name, hint, { cause });
  }
}

/**
 * Opens a key for signing.
 * @throws JikjiError `key-missing`, `key-open` (readable by others), `key-passphrase`, `key-broken`
 */
export function loadSigner(name: string, passphrase?: string): Signer {
  checkName(name);
  const path = keyPath(name);
  const pem = readKeyFile(path, name);
  if (process.platform !== 'win32' && statSync(path).mode & 0o077) {
    throw new JikjiError('key-open', 'other users of this machine can read this key', path, `run: chmod 600 ${path}`);
  }
  if (isProtected(pem) && !passphrase) {
    throw new JikjiError('key-passphrase', 'this key has a passphrase', name, 'type it, or set JIKJI_PASSPHRASE');
  }
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, ...(passphrase ? { passphrase } : {}) });
  } catch (cause) {
    throw isProtected(pem)
      ? new JikjiError('key-passphrase', 'this is not the passphrase of the key', name, 'try again', { cause })
      : new JikjiError('key-broken', 'is not a private key', path, 'restore the file from a copy', { cause });
  }
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new JikjiError('key-broken', 'is not a P-256 key', path, 'make one: jikji key new NAME');
  }
  const publicKey = spkiOf(key);
  return { publicKey, fingerprint: fingerprintOf(publicKey), sign: (data) => signBytes(key, data) };
}

/**
 * A key that is made when it is first needed; then `onMade` gets its fingerprint and folder. Its passphrase, if any, is JIKJI_PASSPHRASE.
 * @throws JikjiError as `newKey` and `loadSigner` do
 */
export function loadOrMakeSigner(name: string, onMade: (fingerprint: string, folder: string) => void): Signer {
  if (!existsSync(keyPath(name))) {
    try {
      onMade(newKey(name).fingerprint, keysFolder());
    } catch (error) {
      if (!(error instanceof JikjiError && error.code === 'key-exists')) throw error; // another process was quicker
    }
  }
  return loadSigner(name, process.env.JIKJI_PASSPHRASE);
}

/** The key named `default`. If it does not exist, makes it and calls `notify`. */
export const defaultSigner = (notify: (text: string) => void): Signer =>
  loadOrMakeSigner(DEFAULT_KEY, (fingerprint, folder) =>
    notify(`Made a signing key for you: ${fingerprint.slice(0, 16)}... in ${folder}. Runs are signed with it.`),
  );

/** Whether the private key is in this user's folder. */
export const ownsKey = (fingerprint: string): boolean => listKeys().some((key) => key.fingerprint === fingerprint);
