// ECDSA signatures over P-256 in one form: DER, with the lower of the two possible s. Other forms of a valid signature are refused, so
// that no byte of a signed file can change without the signature failing.

import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const toBig = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

/** A positive number as a DER INTEGER. */
function integer(x: bigint): Buffer {
  let hex = x.toString(16);
  if (hex.length % 2) hex = `0${hex}`;
  if (Number.parseInt(hex.slice(0, 2), 16) >= 0x80) hex = `00${hex}`;
  const body = Buffer.from(hex, 'hex');
  return Buffer.concat([Buffer.from([2, body.length]), body]);
}

function der(r: bigint, s: bigint): Buffer {
  const body = Buffer.concat([integer(r), integer(s)]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

/** Signs with SHA-256; the result is DER with low s. */
export function signBytes(privateKey: KeyObject, data: Uint8Array): Buffer {
  const raw = sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const r = toBig(raw.subarray(0, 32));
  const s = toBig(raw.subarray(32));
  return der(r, s > ORDER / 2n ? ORDER - s : s);
}

/** Whether the signature is valid and in its only accepted form. */
export function verifyBytes(publicKey: KeyObject, data: Uint8Array, signature: Buffer): boolean {
  return isCanonical(signature) && verify('sha256', data, { key: publicKey, dsaEncoding: 'der' }, signature);
}

function isCanonical(signature: Buffer): boolean {
  // 30 len 02 len r 02 len s, every length in one byte
  const rLength = signature[3] ?? 0;
  const sAt = 4 + rLength;
  if (signature.length < 8 || signature.length < sAt + 3) return false;
  const r = toBig(signature.subarray(4, sAt).length ? signature.subarray(4, sAt) : Buffer.alloc(1));
  const s = toBig(signature.subarray(sAt + 2));
  return r > 0n && s > 0n && r < ORDER && s <= ORDER / 2n && der(r, s).equals(signature);
}

/** Bytes of an SPKI with an uncompressed point; the compressed form would give a key a second fingerprint. */
const SPKI_BYTES = 91;

/** Parsed keys by SPKI: one or two keys sign all statements of a run. */
const cache = new Map<string, KeyObject>();
const MAX_CACHED = 64;

/** A P-256 public key from its SPKI in DER; undefined for anything else. */
export function publicKeyFrom(spki: Buffer): KeyObject | undefined {
  const id = spki.toString('base64');
  const cached = cache.get(id);
  if (cached) return cached;
  const key = readPublicKey(spki);
  if (key) {
    if (cache.size === MAX_CACHED) cache.clear();
    cache.set(id, key);
  }
  return key;
}

function readPublicKey(spki: Buffer): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const again = key.export({ format: 'der', type: 'spki' });
    const curve = key.asymmetricKeyDetails?.namedCurve;
    return key.asymmetricKeyType === 'ec' && curve === 'prime256v1' && spki.length === SPKI_BYTES && again.equals(spki)
      ? key
      : undefined;
  } catch {
    return undefined;
  }
}
