// The auditor's own copy of a corpus' sources for both verifiers: the same, changed in one byte, with a file more or less, or not there.

import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Both, Expected } from './both.ts';
import { HOLDS } from './both.ts';
import { type Case, cases, Desk, judgeCases, type Scene } from './desk.ts';

const TRAIN = { steps: 2, batchSize: 2, microBatchSize: 2, sequenceLength: 12, validationTokens: 60 };
const SHARED = { language: 'mul', licence: 'CC0-1.0' };
/** Patterns that overlap, name folders and files, and leave out hidden files. */
const PATTERNS = {
  validation: 0.15,
  sources: [
    { files: ['texts/a/{1,2}?.txt', 'texts/a/?.txt', 'texts/a'], ...SHARED },
    { files: ['more/**/*.txt', 'more/./deep/../b.txt'], ...SHARED },
    { files: 'lines', read: 'jsonl', field: 'of.text', ...SHARED },
  ],
};
const SAME: Expected = { ...HOLDS, data: 'sources' };
/** What is not compared is the maker's word. */
const NOT_ALL: Expected = { ...HOLDS, data: 'texts' };
const BY_DATA: Expected = { verdict: 'refuted', check: 'data' };

/** Texts in a bench's folder that a reader must take with care: hidden, doubled, blank, decomposed, with a mark at the start, compressed. */
function writeMore(folder: string) {
  const at = (...names: string[]) => join(folder, ...names);
  for (const name of ['more/deep/.hidden', 'more/z', 'lines/in']) mkdirSync(at(name), { recursive: true });
  const long = Array.from({ length: 60 }, (_, i) => `a line of words, ${i} ${i * i}`).join('\r\n');
  writeFileSync(at('more/b.txt'), `\ufeff${long}`);
  writeFileSync(at('more/deep/c.txt'), gzipSync(`compressed ${long} 가나다 e\u0301`));
  writeFileSync(at('more/deep/.hidden/d.txt'), `hidden ${long}`);
  writeFileSync(at('more/z/same.txt'), long);
  writeFileSync(at('more/z/\u{1f600}.txt'), `by code points ${long}`);
  writeFileSync(at('more/z/\uff5e.txt'), `before it ${long}`);
  writeFileSync(at('more/z/none.txt'), '');
  writeFileSync(at('more/z/blank.txt'), ' \n\u3000\n');
  const lines = [
    ...Array.from({ length: 40 }, (_, i) => JSON.stringify({ of: { text: `a line\r\nof its own ${i} ${i ** 3}` } })),
    ...['', '  ', '{"of":{"text":5}}', '{"of":null}', '{"of":{"text":""}}', '{"of":{"text":"\\ud800"}}', '7'],
    JSON.stringify({ of: { text: long } }),
  ];
  writeFileSync(at('lines/a.jsonl'), lines.join('\n'));
  writeFileSync(at('lines/in/b.ndjson'), `${JSON.stringify({ of: { text: `last ${long}` } })}\r\n`);
  writeFileSync(at('lines/c.txt'), 'no lines');
}

/** Each source has a linked file or folder that is read, and one that is not: where `**` could take a folder, no link to it is entered. */
const LINKED = {
  validation: 0.15,
  sources: [
    { files: ['linked/own', 'linked/own/elsewhere'], ...SHARED },
    { files: 'linked/way/*.txt', ...SHARED },
    { files: 'linked/**/below/?.txt', ...SHARED },
    { files: 'linked/**/.below/??.txt', ...SHARED },
  ],
};

/** Links in a bench's folder to files and folders of `texts`, and one that leads back up. */
function writeLinks(folder: string) {
  const at = (name: string) => join(folder, 'linked', name);
  for (const name of ['own', 'in/below', 'kept']) mkdirSync(at(name), { recursive: true });
  writeFileSync(at('own/plain.txt'), 'of its own');
  symlinkSync('../../texts/b/0.txt', at('own/file.txt'));
  symlinkSync('../../texts/b', at('own/elsewhere'));
  symlinkSync('nothing', at('own/broken.txt'));
  symlinkSync('../texts/a', at('way'));
  symlinkSync('..', at('in/up'));
  cpSync(join(folder, 'texts/b/7.txt'), at('in/below/7.txt'));
  symlinkSync('../texts/b', at('below'));
  symlinkSync('../../texts/b', at('kept/.below'));
}

/** A run of the bench's own texts. */
const plain = (desk: Desk) => desk.bench.make(desk.signer, { train: TRAIN });

/** The auditor's copy of the texts, changed. */
function copyOf(desk: Desk, change: (folder: string) => void) {
  const folder = desk.bench.path();
  cpSync(join(desk.bench.folder, 'texts'), join(folder, 'texts'), { recursive: true });
  change(folder);
  return folder;
}

const changed = (name: string, expected: Expected, change: (folder: string) => void): Case => ({
  name,
  expected,
  make: async (desk) => ({ run: await plain(desk), given: { sources: copyOf(desk, change) } }),
});

const CASES: Case[] = [
  changed('sources: honest', SAME, () => {}),
  ...cases(SAME, {
    'sources: honest, by many patterns, with what is dropped': async (desk) => {
      writeMore(desk.bench.folder);
      const run = await desk.bench.make(desk.signer, { corpus: PATTERNS, train: TRAIN });
      return { run, given: { sources: desk.bench.folder } };
    },
    'sources: honest, by links': async (desk) => {
      writeLinks(desk.bench.folder);
      const run = await desk.bench.make(desk.signer, { corpus: LINKED, train: TRAIN });
      return { run, given: { sources: desk.bench.folder } };
    },
    'sources: of a run and of its parent': async (desk) => {
      const parent = await plain(desk);
      const run = await desk.bench.make(desk.signer, { name: 'child', from: { run: basename(parent) }, train: TRAIN });
      return { run, given: { parents: [parent], sources: desk.bench.folder } };
    },
  }),
  changed('sources: one byte of one file', BY_DATA, (folder) => {
    const path = join(folder, 'texts/b/7.txt');
    const bytes = readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path, bytes);
  }),
  changed('sources: a byte that belongs to no text', BY_DATA, (folder) => {
    const path = join(folder, 'texts/a/3.txt');
    writeFileSync(path, `\ufeff${readFileSync(path, 'utf8')}`);
  }),
  changed('sources: a file more', BY_DATA, (folder) => {
    writeFileSync(join(folder, 'texts/a/more.txt'), 'more');
  }),
  changed('sources: a file more that is not read', SAME, (folder) => {
    writeFileSync(join(folder, 'texts/a/more.md'), 'more');
    writeFileSync(join(folder, 'texts/a/.more.txt'), 'more');
  }),
  changed('sources: a copy of a document more', BY_DATA, (folder) => {
    cpSync(join(folder, 'texts/a/3.txt'), join(folder, 'texts/b/copy.txt'));
  }),
  changed('sources: a file less', BY_DATA, (folder) => rmSync(join(folder, 'texts/a/29.txt'))),
  changed('sources: a file that is not UTF-8', BY_DATA, (folder) => {
    appendFileSync(join(folder, 'texts/a/29.txt'), Buffer.from([0xc3]));
  }),
  changed('sources: one of two missing', NOT_ALL, (folder) => rmSync(join(folder, 'texts/a'), { recursive: true })),
  changed('sources: one of two missing, the other one changed', BY_DATA, (folder) => {
    rmSync(join(folder, 'texts/a'), { recursive: true });
    appendFileSync(join(folder, 'texts/b/2.txt'), '.');
  }),
  changed('sources: both missing', NOT_ALL, (folder) => rmSync(join(folder, 'texts'), { recursive: true })),
  {
    // Only the parent read these files: its recipe may have lain elsewhere.
    name: 'sources: those of the run, and others of the same names than those of its parent',
    expected: SAME,
    make: async (desk) => {
      const parent = await plain(desk);
      const corpus = { validation: 0.15, sources: [{ files: 'texts/a', ...SHARED }] };
      const own = { name: 'child', from: { run: basename(parent) }, corpus, train: TRAIN };
      const run = await desk.bench.make(desk.signer, own);
      const sources = copyOf(desk, (folder) => appendFileSync(join(folder, 'texts/b/0.txt'), 'another line\n'));
      return { run, given: { parents: [parent], sources } };
    },
  },
];

export const judgeSources = (both: Both, scene: Scene): Promise<void> => judgeCases(both, CASES, new Desk(scene));
