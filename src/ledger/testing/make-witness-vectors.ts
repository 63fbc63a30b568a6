// Writes witness-vectors.json: what canonical JSON, trees, states, transcripts, keys and statements are here, for the Python of witness/ to be
// held to. Run after a change of a format: node src/ledger/testing/make-witness-vectors.ts

import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { signBytes } from '../ecdsa.ts';
import {
  bits32,
  bits64,
  canonicalJson,
  type Json,
  MerkleTree,
  nextLink,
  type Predicate,
  type Signer,
  type Subject,
  seedOfLodging,
  sha256Hex,
  signHead,
  signStatement,
  stateRoot,
} from '../index.ts';
import { fingerprintOf } from '../keys.ts';
import { readLodgeable, signLodging } from '../lodging.ts';

/** Numbers of all sizes, from a generator that gives the same ones each time. */
function numbers(): number[] {
  const found = [0, -0, 1, -1, 0.1, 1e21, 1e20, 123456789012345680000, 1e-6, 1e-7, 5e-324, 1.7976931348623157e308];
  found.push(
    2 ** 53 - 1,
    -(2 ** 53 - 1),
    0.000001234,
    1.5e-7,
    100,
    1e300,
    333333333.3333333,
    4.35,
    1e22,
    9.5367431640625e-7,
  );
  const view = new DataView(new ArrayBuffer(8));
  for (let i = 0; found.length < 400; i++) {
    view.setBigUint64(0, BigInt(`0x${sha256Hex(`number ${i}`).slice(0, 16)}`));
    if (Number.isFinite(view.getFloat64(0))) found.push(view.getFloat64(0));
    found.push(Number((view.getInt32(0) / 10 ** (i % 12)).toPrecision(1 + (i % 9))));
  }
  return found;
}

const VALUES: Json[] = [
  null,
  [true, false, []],
  { b: 1, a: { z: null, y: [1, 2.5, -3e-9] } },
  { '\ud83d\ude00': 1, '\ufb33': 2, '\u20ac': 3, '\r': 4, '1': 5, '\u0080': 6, ö: 7 },
  '\u0000\u0007\b\t\n\u000b\f\r\u001f"\\/\u007f\u0080\u2028\u2029 \ud83d\ude00 한국어',
  {},
];

/** Bytes that follow from a tensor's name alone. */
export const bytesOf = (name: string, size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => (i * 7 + name.length * 31 + (i >> 8)) & 255);

const TENSORS: [string, number[]][] = [
  ['model.b', [2, 3]],
  ['model.a', [0]],
  ['B', [7]],
  ['z\ufb33', [1]],
  ['z\ud83d\ude00', [1]],
  ['large', [3, 1 << 17]],
  ['exact', [1 << 18]],
  ['scalar', []],
];

const RECORDS = [0, 1, 2].map((i) => ({
  step: i + 1,
  batch: sha256Hex(`batch ${i}`),
  loss: bits64(8.25 / (i + 3)),
  gradNorm: bits64(1.1 * i),
  learningRate: bits32(0.003 / (i + 1)),
  ...(i === 1 ? { stateRoot: sha256Hex('root') } : {}),
}));

/** A genesis of version 1, or of version 2 where it declares something. */
function genesisOf(signer: Signer, declared: { averages?: string[]; buffers?: string[] }, time: string): string {
  const digests = Object.fromEntries(['code', 'data', 'environment', 'recipe'].map((name) => [name, sha256Hex(name)]));
  const stateRoot = sha256Hex('S_0');
  const commitment = {
    ...digests,
    ...{ kept: [5, 10], lodging: null, makerKey: signer.publicKey.toString('base64'), pairEvery: 2, ranks: 1 },
    ...{ seed: '0000000000000007', stateRoot, steps: 10 },
    ...declared,
  };
  const formatVersion = 'buffers' in declared ? 2 : 1;
  const subjects: Subject[] = [
    ...Object.entries(digests).map(([name, digest]): Subject => [`${name}.json`, digest, 100]),
    ['state-0', stateRoot],
  ];
  return signStatement(
    'witness-genesis',
    subjects,
    { formatVersion, commitment, time } as Predicate<'witness-genesis'>,
    signer,
  );
}

function main(): void {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const signer: Signer = {
    publicKey: spki,
    fingerprint: fingerprintOf(spki),
    sign: (data) => signBytes(privateKey, data),
  };
  const publicPart = publicKey.export({ format: 'pem', type: 'spki' }) as string;
  const pem = (cipher: object): string =>
    (privateKey.export({ format: 'pem', type: 'pkcs8', ...cipher }) as string) + publicPart;
  const tree = new MerkleTree();
  const tensors = TENSORS.map(([name, shape]) => {
    const data = bytesOf(name, 4 * shape.reduce((a, b) => a * b, 1));
    return { name, dtype: 'F32' as const, shape, data };
  });
  let link = sha256Hex('origin');
  const head = signHead({ run: sha256Hex('run'), step: 3, head: sha256Hex('link') }, signer);
  const time = '2026-01-02T03:04:05.678Z';
  const vectors = {
    canonical: VALUES.map((value) => ({ value, text: canonicalJson(value) })),
    numbers: numbers().map((x) => [bits64(x), canonicalJson(x)]),
    trees: Array.from({ length: 20 }, (_, i) => {
      const root = tree.root().toString('hex');
      tree.add(Buffer.from(`leaf ${i}`));
      return root;
    }),
    states: [0, 7].map((step) => ({ step, tensors: TENSORS, root: stateRoot(step, tensors) })),
    transcript: {
      origin: link,
      lines: RECORDS.map((record) => {
        link = nextLink(link, canonicalJson(record));
        return canonicalJson({ ...record, link });
      }),
    },
    seed: {
      recipe: sha256Hex('recipe'),
      key: spki.toString('base64'),
      nonce: sha256Hex('nonce'),
      seed: seedOfLodging(sha256Hex('recipe'), spki.toString('base64'), sha256Hex('nonce')),
    },
    key: {
      fingerprint: signer.fingerprint,
      open: pem({}),
      protected: pem({ cipher: 'aes-256-cbc', passphrase: 'a passphrase' }),
      passphrase: 'a passphrase',
    },
    head,
    /** Without, and with tensors that training changes beside the parameters. */
    genesis: [{}, { averages: ['average.w'], buffers: ['seen'] }].map((declared) => genesisOf(signer, declared, time)),
    lodging: signLodging(readLodgeable(head, undefined, 'head'), signer, time),
  };
  writeFileSync(new URL('witness-vectors.json', import.meta.url), `${JSON.stringify(vectors, null, 1)}\n`);
}

if (import.meta.main) main();
