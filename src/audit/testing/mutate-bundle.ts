// Mutations of a tar file: of any byte, of headers whose checksum is then redone, and entries that do not belong there.

import { mutateBytes, type Random } from '../../base/testing/mutate.ts';

const BLOCK = 512;

function seal(header: Buffer): Buffer {
  header.fill(' ', 148, 156);
  const sum = header.reduce((a, b) => a + b, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

function entry(path: string, type: string, body: Buffer | string, link = '', size?: string): Buffer {
  const header = Buffer.alloc(BLOCK);
  const bytes = Buffer.from(body as string);
  header.write(path.slice(0, 100), 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(size ?? `${bytes.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write('00000000000\0', 136);
  header.write(type, 156);
  header.write(link.slice(0, 100), 157);
  header.write('ustar\0', 257, 'latin1');
  header.write('00', 263);
  return Buffer.concat([seal(header), bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);
}

const pax = (records: string): Buffer => entry('x', 'x', records);
const record = (key: string, value: string): string => {
  let length = key.length + Buffer.byteLength(value) + 3;
  length += String(length + String(length).length).length;
  return `${length} ${key}=${value}\n`;
};

/** Where the headers lie, as an honest reader would find them. */
function headersOf(tar: Buffer): number[] {
  const found: number[] = [];
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    found.push(at);
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return found;
}

/** What a mutation is made of. */
interface Scene {
  tar: Buffer;
  random: Random;
  /** Where all headers lie, and the one that is meant. */
  headers: readonly number[];
  at: number;
  /** Where the test lives; a file of `folder`/outside would be one that got out. */
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

/** With another header, whose checksum is right. */
function withHeader({ tar, at }: Scene, change: (header: Buffer) => void): Buffer {
  const header = Buffer.from(tar.subarray(at, at + BLOCK));
  change(header);
  return Buffer.concat([tar.subarray(0, at), seal(header), tar.subarray(at + BLOCK)]);
}

const flippedHeader = (scene: Scene): Buffer =>
  withHeader(scene, (header) => {
    const { random } = scene;
    for (let i = random.of([1, 1, 4]); i > 0; i--) header[random.below(BLOCK)]! ^= 1 << random.below(8);
  });

/** A size as no file has it: octal, base 256, negative, no number. */
function strangeSize(scene: Scene): Buffer {
  const sizes = ['77777777777\0', '00000000000\0', '-0000000001\0', '0x000000010\0', '            ', '00000000001\0'];
  const binary = [0x80, 0xff, 0xbf].map((first) => Buffer.concat([Buffer.from([first]), Buffer.alloc(11, 0xff)]));
  const all = [...sizes.map((s) => Buffer.from(s, 'latin1')), ...binary];
  return withHeader(scene, (header) => void scene.random.of(all).copy(header, 124));
}

const strangePath = (scene: Scene): Buffer => {
  const { random, folder } = scene;
  return inserted(scene, entry(random.of(pathsOf(folder)), random.of(['0', '0', '0', '7', '5', '\0']), evil));
};

/** Links and devices, and then a file that would go through the link. */
function linkOut(scene: Scene): Buffer {
  const { random, folder } = scene;
  const type = random.of(['1', '2', '2', '3', '4', '6', 'S', 'D', 'Z']);
  const target = random.of([outsideOf(folder), '../../outside', '/etc/passwd', `${folder}/secret.txt`, '.']);
  const name = random.of(['tiny/model', 'tiny/corpus', 'tiny/genesis.json', 'tiny/model/x', 'tiny', 'x']);
  const link = entry(name, type, '', target);
  return inserted(scene, link, ...(random.below(2) ? [entry(`${name}/evil`, '0', evil)] : []));
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
  return inserted(scene, random.below(4) ? pax(records) : entry('g', 'g', records));
}

function longName(scene: Scene): Buffer {
  const { random, folder } = scene;
  const name = random.of([...pathsOf(folder), 'x/'.repeat(3000), `tiny/${'x'.repeat(5000)}`]);
  return inserted(scene, entry('././@LongLink', random.of(['L', 'K']), `${name}\0`), entry('y', '0', evil));
}

/** An entry moved, or there twice, or gone. */
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

/** `folder`: where the test lives; a file of `folder`/outside would be one that got out. */
export function mutateBundle(tar: Buffer, folder: string, random: Random): Buffer {
  const headers = headersOf(tar);
  const at = random.of([...headers, 0]);
  return random.of(MUTATIONS)({ tar, random, headers, at, folder });
}
