// Words that people see are those of docs/glossary.md: tables of words, refusals, reports, sentences of audits, mails and docs/ say nothing that
// its last column lists, in either language. Checks no code and no identifiers.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'vite';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const GLOSSARY = 'docs/glossary.md';
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const HANGUL = /\p{Script=Hangul}/u;

interface Entry {
  terms: string[];
  forbidden: string[];
}
interface Text {
  place: string;
  text: string;
}

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
const entriesIn = (page: string): Entry[] =>
  page
    .split('\n')
    .filter((line) => /^\| (?!term \|)/.test(line))
    .map(cellsOf)
    .map((cells) => ({
      terms: cells.slice(0, 2).flatMap((cell) => cell.split(', ')),
      forbidden: [...cells.at(-1)!.matchAll(/`([^`]+)`/g)].map(([, word]) => word!),
    }));

const patternOf = (word: string): RegExp =>
  HANGUL.test(word) ? new RegExp(word, 'u') : new RegExp(`(?<![\\w-])${word}(?![\\w-])`, 'i');

/** Sentences and labels that no table can list. */
const RIDDLES: [name: string, pattern: RegExp][] = [
  ['a participle as a label', /^(begun|drawn|found|given|held|left|made|said|seen|shown|told)$/i],
  ['"is no" for "is not"', /(?<!\bthere )\b(is|are|was|were) no (?!longer|more|less|larger|stronger|room)[a-z]/i],
  ['a word of printing', /\b(colophon|galleys?|imprint|inks?|leaf of a|typeset|woodblocks?|dyes?|formes?)\b/i],
];
/** Names that others gave: they stay as they are. */
const NAMES_OF_OTHERS = /npm registry/g;

const entries = entriesIn(read(GLOSSARY));
const forbidden = entries.flatMap(({ forbidden }) =>
  forbidden.map((word): [string, RegExp] => [word, patternOf(word)]),
);

/** What is said in these texts and is not to be said, each with its place. */
const faultsIn = (texts: Iterable<Text>, patterns: readonly [string, RegExp][]): string[] =>
  [...texts].flatMap(({ place, text }) => {
    const own = text.replaceAll(NAMES_OF_OTHERS, '');
    return patterns.filter(([, pattern]) => pattern.test(own)).map(([name]) => `${place}: ${name}: ${text}`);
  });

/** Strings of a syntax tree, with `…` for each value that is put in: not names of members, types or imports. */
function* stringsOf(node: unknown): Generator<{ start: number; text: string }> {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const child of node) yield* stringsOf(child);
    return;
  }
  const { type, start, value, quasis, expressions, ...rest } = node as Record<string, unknown> & { start: number };
  if (type === 'Literal' || type === 'JSXText') {
    if (typeof value === 'string') yield { start, text: value };
  } else if (type === 'TemplateLiteral') {
    yield { start, text: (quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('…') };
    yield* stringsOf(expressions);
  } else if (type === 'Property') yield* stringsOf(value);
  else if (!/^(Import|ExportAll|TSLiteralType)/.test(String(type))) {
    for (const child of [value, expressions, ...Object.values(rest)]) yield* stringsOf(child);
  }
}

/** The texts of sources that speak to people: those with Korean, and the English half of a pair of files. */
function* textsOfSources(): Generator<Text> {
  for (const name of globSync('src/**/*.{ts,tsx}', { cwd: ROOT }).sort()) {
    if (/\.test\.tsx?$|\/testing\//.test(name)) continue;
    const source = read(name);
    const isTable = /(^|[/-])en(\.ts$|\/)/.test(name);
    if (!HANGUL.test(source) && !isTable) continue;
    for (const { start, text } of stringsOf(parseAst(source, { lang: name.endsWith('x') ? 'tsx' : 'ts' }))) {
      // A single English word may be a name in code, but not in a table of words.
      if (!HANGUL.test(text) && !/\s/.test(text) && !isTable) continue;
      yield { place: `${name}:${source.slice(0, start).split('\n').length}`, text: text.replace(/\s+/g, ' ') };
    }
  }
}

const withoutCode = (page: string): string =>
  page
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`]*`/g, '`')
    .replace(/\]\([^)]*\)/g, ']');

/** Paragraphs of pages. The glossary names what it forbids; design.md is about colours and paper. */
function* textsOfPages(): Generator<Text> {
  for (const name of globSync('docs/**/*.md', { cwd: ROOT }).sort()) {
    if (name === GLOSSARY) continue;
    for (const text of withoutCode(read(name)).split(/\n{2,}|\n(?=[|-])/))
      yield { place: name, text: text.replace(/\s+/g, ' ') };
  }
}

const sources = [...textsOfSources()];
const pages = [...textsOfPages()];

test('the glossary is a table: each term once, and nothing forbidden that is a term or forbidden twice', () => {
  expect(entries.length).toBeGreaterThan(60);
  for (const { terms } of entries) expect(terms.join(), 'in both languages').toMatch(/[a-z].*[가-힣]/);
  const terms = entries.flatMap(({ terms }) => terms);
  const words = forbidden.map(([word]) => word);
  for (const list of [terms, words]) expect(list.filter((word, i) => list.indexOf(word) !== i)).toEqual([]);
  expect(forbidden.filter(([, pattern]) => terms.some((term) => pattern.test(term))).map(([word]) => word)).toEqual([]);
});

test('nothing forbidden in what programs say, in either language', () => {
  expect(sources.length).toBeGreaterThan(5000);
  expect(faultsIn(sources, forbidden)).toEqual([]);
  expect(faultsIn(sources, RIDDLES)).toEqual([]);
});

test('nothing forbidden in docs/', () => {
  expect(pages.length).toBeGreaterThan(1000);
  expect(faultsIn(pages, forbidden)).toEqual([]);
  const words = pages.filter(({ place }) => place !== 'docs/design.md');
  expect(faultsIn(words, RIDDLES)).toEqual([]);
});

test('what is forbidden is found: particles behind it, capitals, the middle of a sentence', () => {
  const said = (text: string) => faultsIn([{ place: 'here', text }], [...forbidden, ...RIDDLES]).length;
  expect(['증인이 기록했습니다.', 'A Proposal, signed', 'Left', 'that is no proof'].map(said)).toEqual([1, 1, 1, 1]);
  expect(['from the npm registry', 'There is no proof', 'left out', 'supply-chain-id'].map(said)).toEqual([0, 0, 0, 0]);
  const source = `import a from 'log'; const b = { 'no name': 'x y', c: \`d \${e ? 'f' : \`g\${h}\`} i\` };`;
  const texts = [...stringsOf(parseAst(source, { lang: 'ts' }))].map(({ text }) => text);
  expect(texts).toEqual(['x y', 'd … i', 'f', 'g…']);
});
