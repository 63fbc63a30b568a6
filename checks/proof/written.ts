// Runs that the Python of this folder writes from the documents alone (write.py). All other evidence that both verifiers judge is written by
// Jikji: what its documents do not say, and both verifiers take from the evidence as it is, would not show there.

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Bench } from '../../src/audit/testing/run.ts';
import type { CheckName } from '../../src/audit/types.ts';
import { parseRunRecipe } from '../../src/foundry/index.ts';
import { canonicalJson, type Signer } from '../../src/ledger/index.ts';

const RECIPES = join(import.meta.dirname, 'written');

const recipe = (name: string) => join(RECIPES, `${name}.yaml`);

/** A run by its recipe's file. */
export interface WrittenRun {
  name: string;
  recipe: string;
  /** Whether slices are held out, in place of whole documents. */
  slices?: true;
  /** The recipe of the run that it begins with, which lies where the recipe looks for it. */
  parent?: string;
  /** Lodged with an office. Jikji makes no such run beside it: another nonce gives another seed. */
  lodged?: true;
  /** The step whose learning rate is another one, and the check that finds it. */
  forged?: { step: number; check: CheckName };
}

/** Where the recipe of the child looks for its parent, in the bench's folder. */
export const PARENT = 'written-parent';

export const WRITTEN: readonly WrittenRun[] = [
  { name: 'honest, written in Python', recipe: recipe('llama') },
  { name: 'honest, written in Python, Qwen3 by Muon, slices held out', recipe: recipe('muon'), slices: true },
  { name: 'honest, written in Python, Qwen2, nothing held out', recipe: recipe('qwen2') },
  { name: 'honest, written in Python, built on another run', recipe: recipe('child'), parent: recipe('qwen2') },
  { name: 'honest, written in Python, conversations beside slices of texts', recipe: recipe('talks'), slices: true },
  { name: 'honest, written in Python, lodged', recipe: recipe('qwen2'), lodged: true },
  {
    name: 'written in Python, a step with another learning rate',
    recipe: recipe('llama'),
    forged: { step: 5, check: 'replay' },
  },
];

const sentence = (word: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${word}${(i * i) % 17}`).join(' ');
const paragraphs = (word: string, count: number) =>
  Array.from({ length: count }, (_, i) => sentence(word, 20 + ((i * 7) % 30))).join('\n\n');

/** Names whose order differs between collations, and texts that are dropped, normalised, or cut in each of the ways that there are. */
const TEXTS: Record<string, string> = {
  'b.txt': paragraphs('ring', 30),
  'B.txt': `\u{feff}${paragraphs('tale', 12).replaceAll('\n', '\r\n')}`,
  '10.txt': paragraphs('stone', 25).replaceAll('\n\n', '\n'),
  '9.txt': sentence("isn't 7", 913), // its digest would hold it out, which misses the share of muon.yaml
  'again.txt': paragraphs('ring', 30),
  'blank.txt': ' \n\t\u3000',
  'nothing.txt': '',
  'sub/decomposed.txt': paragraphs('바다가', 10).normalize('NFD'),
  'one-word.txt': '나무'.repeat(300),
};

/** Conversations with white space around what is said, line ends of Windows, letters that NFC joins, and turn tokens that somebody said. */
const TALKS = Array.from({ length: 60 }, (_, i) => [
  ...(i % 5 === 0 ? [{ role: 'system', content: `Answer in words.\r\nPart ${i % 3}.` }] : []),
  { role: 'user', content: `  ${['ring', 'tale', '바다'.normalize('NFD'), '<|end|>'][i % 4]} and ${i}?\u3000` },
  { role: 'assistant', content: `${sentence('ring', 1 + (i % 4))}\n` },
  ...(i % 3 === 0
    ? [
        { role: 'tool', content: `${i * 7}` },
        { role: 'assistant', content: '\tthat <|user|> is all.' },
      ]
    : []),
]);

/** Writes the sources beside those of the bench. */
export function writeWritten(bench: Bench): void {
  for (const [name, text] of Object.entries(TEXTS)) {
    const path = join(bench.folder, 'written', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  writeFileSync(
    join(bench.folder, 'written-talks.jsonl'),
    TALKS.map((messages) => `${JSON.stringify({ messages })}\n`).join(''),
  );
}

/** The file of a key of the bench, as PEM. */
export const keyFile = (bench: Bench, name: string): string =>
  join(bench.folder, 'elsewhere', 'jikji', 'keys', `${name}.pem`);

/** The same run, made by Jikji from the same recipe, texts and key. */
export function makeSame(bench: Bench, signer: Signer, file: string): Promise<string> {
  return bench.make(signer, {}, { recipe: parseRunRecipe(readFileSync(file, 'utf8'), file) });
}

/** What Jikji notes beside the evidence. */
const NOTES = ['sessions.jsonl', 'validation.jsonl', 'result.json', 'start/parent.json', 'start/tokenizer.json'];

const filesOf = (run: string) =>
  readdirSync(run, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(run, name)).isFile() && !NOTES.includes(name))
    .sort();

/** What a statement says beside times and circumstances, and the digests of what has some in it. */
function saidIn(run: string, kind: 'genesis' | 'seal') {
  const { payload } = JSON.parse(readFileSync(join(run, `${kind}.json`), 'utf8'));
  const { predicate, subject } = JSON.parse(Buffer.from(payload, 'base64').toString());
  const { time, circumstances, genesis, ...rest } = predicate;
  const subjects = subject.sort((a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1));
  return canonicalJson({ predicate: rest, subjects });
}

/** Files of two runs of one recipe, texts and key that differ: all of them to the byte, but for clocks, machines and what a signature draws. */
export function differentFiles(run: string, other: string): string[] {
  const names = [...new Set([...filesOf(run), ...filesOf(other)])];
  return names.filter((name) => {
    if (name === 'genesis.json') return saidIn(run, 'genesis') !== saidIn(other, 'genesis');
    if (name === 'seal.json') return saidIn(run, 'seal') !== saidIn(other, 'seal');
    const [here, there] = [run, other].map(
      (folder) => filesOf(folder).includes(name) && readFileSync(join(folder, name)),
    );
    return !here || !there || !here.equals(there);
  });
}

/** Whether slices were held out, of those sources that can be cut. */
export function hasSlices(run: string): boolean {
  const { sources } = JSON.parse(readFileSync(join(run, 'corpus/manifest.json'), 'utf8'));
  return sources.some(({ slice }: { slice: number | null }) => slice !== null);
}
