// ECDSA signatures over P-256 in exactly one form: DER, with the lower of the two possible s. Any other form of a valid
// signature is refused, so that nobody can change a byte of a signed file and have it still verify.

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

/** True for a valid signature in its one form. */
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

/** Bytes of an SPKI whose point is written in full; the shorter spelling would give one key two fingerprints. */
const SPKI_BYTES = 91;

/** Cache of parsed keys, by SPKI: the statements of a run are signed with one key or two. */
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
