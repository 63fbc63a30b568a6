// Mutates a tar file: any bytes, headers with a correct checksum, and entries that do not belong in a bundle.

import { mutateBytes, type Random } from '../../base/testing/mutate.ts';

const BLOCK = 512;

function setChecksum(header: Buffer): Buffer {
  header.fill(' ', 148, 156);
  const sum = header.reduce((a, b) => a + b, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

interface Entry {
  path: string;
  /** The type flag of the header. */
  type: string;
  body: string;
  /** Target of a link. */
  link?: string;
}

function entry({ path, type, body, link = '' }: Entry): Buffer {
  const header = Buffer.alloc(BLOCK);
  const bytes = Buffer.from(body);
  header.write(path.slice(0, 100), 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write('00000000000\0', 136);
  header.write(type, 156);
  header.write(link.slice(0, 100), 157);
  header.write('ustar\0', 257, 'latin1');
  header.write('00', 263);
  return Buffer.concat([setChecksum(header), bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);
}

const pax = (records: string): Buffer => entry({ path: 'x', type: 'x', body: records });
const record = (key: string, value: string): string => {
  let length = key.length + Buffer.byteLength(value) + 3;
  length += String(length + String(length).length).length;
  return `${length} ${key}=${value}\n`;
};

/** Offsets of the headers, as an honest reader finds them. */
function headersOf(tar: Buffer): number[] {
  const offsets: number[] = [];
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    offsets.push(at);
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return offsets;
}

/** The input of a mutation. */
interface Scene {
  tar: Buffer;
  random: Random;
  /** Offsets of all headers, and of the header to mutate. */
  headers: readonly number[];
  at: number;
  /** The test's folder. A file in `folder`/outside has escaped from the bundle. */
  folder: string;
}

const evil = 'evil\n';
const outsideOf = (folder: string): string => `${folder}/outside/evil`;

const pathsOf = (folder: string): string[] => [
  outsideOf(folder),
  '../outside/evil',
  'tiny/../../outside/evil',
  'tiny/checkpoints/../../../outside/evil',
  'tiny/corpus/..\\..\\evil',
  'C:\\evil',
  '//evil',
  'tiny//genesis.json',
  'tiny/./genesis.json',
  'other/genesis.json',
  'tiny/genesis.json',
  'tiny/genesis.json/x',
  'tiny/model',
  'tiny/model/..',
  'tiny/.git/hooks/pre-commit',
  'tiny/model/\u0000x',
  `tiny/model/${'x'.repeat(99)}`,
  'tiny/checkpoints/step-000009/state.json',
  '',
  '.',
  '..',
  '/',
];

const inserted = ({ tar, at }: Scene, ...parts: Buffer[]): Buffer =>
  Buffer.concat([tar.subarray(0, at), ...parts, tar.subarray(at)]);

/** The tar file with a changed header, whose checksum is correct. */
function withHeader({ tar, at }: Scene, change: (header: Buffer) => void): Buffer {
  const header = Buffer.from(tar.subarray(at, at + BLOCK));
  change(header);
  return Buffer.concat([tar.subarray(0, at), setChecksum(header), tar.subarray(at + BLOCK)]);
}

const flippedHeader = (scene: Scene): Buffer =>
  withHeader(scene, (header) => {
    const { random } = scene;
    for (let i = random.of([1, 1, 4]); i > 0; i--) header[random.below(BLOCK)]! ^= 1 << random.below(8);
  });

/** A header with a wrong size: octal, in base 256, negative, or not a number. */
function strangeSize(scene: Scene): Buffer {
  const sizes = ['77777777777\0', '00000000000\0', '-0000000001\0', '0x000000010\0', '            ', '00000000001\0'];
  const binary = [0x80, 0xff, 0xbf].map((first) => Buffer.concat([Buffer.from([first]), Buffer.alloc(11, 0xff)]));
  const all = [...sizes.map((s) => Buffer.from(s, 'latin1')), ...binary];
  return withHeader(scene, (header) => void scene.random.of(all).copy(header, 124));
}

const strangePath = (scene: Scene): Buffer => {
  const { random, folder } = scene;
  const path = random.of(pathsOf(folder));
  return inserted(scene, entry({ path, type: random.of(['0', '0', '0', '7', '5', '\0']), body: evil }));
};

/** A link or a device, and perhaps a file that would be written through the link. */
function linkOut(scene: Scene): Buffer {
  const { random, folder } = scene;
  const type = random.of(['1', '2', '2', '3', '4', '6', 'S', 'D', 'Z']);
  const link = random.of([outsideOf(folder), '../../outside', '/etc/passwd', `${folder}/secret.txt`, '.']);
  const path = random.of(['tiny/model', 'tiny/corpus', 'tiny/genesis.json', 'tiny/model/x', 'tiny', 'x']);
  const through = random.below(2) ? [entry({ path: `${path}/evil`, type: '0', body: evil })] : [];
  return inserted(scene, entry({ path, type, body: '', link }), ...through);
}

function strangeRecords(scene: Scene): Buffer {
  const { random, folder } = scene;
  const records = random.of([
    record('path', random.of(pathsOf(folder))),
    record('path', 'tiny/genesis.json'),
    record('size', random.of(['0', '1', '-1', '99999999999999999999', '1e3', '9007199254740991'])),
    record('linkpath', outsideOf(folder)),
    record('GNU.sparse.major', '1'),
    '99999999 path=x\n',
    '0 path=x\n',
    'x',
    record('path', 'tiny/a').repeat(1000),
    record('comment', 'x'.repeat(1 << 17)),
  ]);
  return inserted(scene, random.below(4) ? pax(records) : entry({ path: 'g', type: 'g', body: records }));
}

function longName(scene: Scene): Buffer {
  const { random, folder } = scene;
  const path = random.of([...pathsOf(folder), 'x/'.repeat(3000), `tiny/${'x'.repeat(5000)}`]);
  const long = entry({ path: '././@LongLink', type: random.of(['L', 'K']), body: `${path}\0` });
  return inserted(scene, long, entry({ path: 'y', type: '0', body: evil }));
}

/** Removes an entry, moves it to the front, or duplicates it there. */
function movedEntry({ tar, random, headers }: Scene): Buffer {
  const i = random.below(headers.length);
  const end = headers[i + 1] ?? tar.length;
  const one = tar.subarray(headers[i]!, end);
  const without = Buffer.concat([tar.subarray(0, headers[i]!), tar.subarray(end)]);
  return random.of([without, Buffer.concat([one, without]), Buffer.concat([one, tar])]);
}

const MUTATIONS = [
  flippedHeader,
  strangeSize,
  strangePath,
  linkOut,
  strangeRecords,
  longName,
  movedEntry,
  ({ tar, random }: Scene): Buffer => mutateBytes(tar, random),
];

/** One random mutation of a bundle; `folder` as in `Scene`. */
export function mutateBundle(tar: Buffer, folder: string, random: Random): Buffer {
  const headers = headersOf(tar);
  const at = random.of([...headers, 0]);
  return random.of(MUTATIONS)({ tar, random, headers, at, folder });
}
