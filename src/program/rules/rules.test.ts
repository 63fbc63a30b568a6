// Reading rule books: defaults, the place and message of every error, the way back to text, the digest, hostile text.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import type { Json } from '../../ledger/index.ts';
import { parseRuleBook, partsOf, type RuleBook, ruleBookDigest } from './index.ts';
import { ruleBookToYaml } from './testing/to-yaml.ts';

const parse = (text: string) => parseRuleBook(text, { file: 'r.yaml' });

const GOOD = `name: small
version: 3
title: { en: Small }
originality: { veto: true, components: [tokenizer] }
points: 10
blocks:
  - id: benchmark
    title: { en: Benchmarks }
    points: 6
    parts:
      - id: common
        title: { en: Common }
        points: 4.5
        tasks:
          - { task: kmmlu, metric: acc, scale: { floor: 0.25, ceiling: 1 } }
          - { task: click, metric: acc, scale: best-reference }
      - id: own
        title: { en: Own }
        points: 1.5
        entered: { by: { en: the office } }
  - id: experts
    title: { en: Experts }
    points: 3
    forms:
      experts: 3
      average: trimmed-mean
      criteria:
        - { id: method, title: { en: Method }, points: 2 }
        - { id: plan, title: { en: Plan }, points: 1 }
  - id: users
    title: { en: Users }
    points: 1
    judgements: { users: 3, minimumPerPair: 2 }
kept: 2
tieBreak: [benchmark, benchmark.common, lot]
target:
  share: 0.95
  months: 6
  references:
    - { model: one, released: 2026-01-15, scores: { click: 0.5 }, source: { publisher: somebody } }
`;

test('omitted keys get their defaults', () => {
  const book = parse(GOOD);
  expect(book).toMatchObject({
    formatVersion: 1,
    record: false,
    eligibility: { leadCountries: [], roles: [], minimumMembers: 1 },
    originality: {
      veto: true,
      components: ['tokenizer'],
      excludes: ['derived', 'frozen-foreign'],
      audit: { holds: true, makerKey: true, lodged: false },
    },
    rounding: { decimals: 1 },
    publication: { scores: 'at-close', forms: 'at-close', judgements: 'at-close', audits: 'at-once', weights: 'never' },
    limits: {
      bundleBytes: 2147483648,
      trainingFlops: 1e15,
      parameters: 1e9,
      steps: 1e6,
      auditSeconds: 3600,
      evalSeconds: 3600,
    },
  });
  expect(book.blocks[1].source).toMatchObject({ kind: 'forms', trim: 1 });
  expect(book.blocks[2].source).toEqual({ kind: 'judgements', users: 3, minimumPerPair: 2, floor: 0, ceiling: 1 });
  expect(parse(GOOD.replace('tieBreak: [benchmark, benchmark.common, lot]\n', '')).tieBreak).toEqual(['equal']);
});

test('sources that scores cite', () => {
  expect(partsOf(parse(GOOD)).map(({ path, name, points, source }) => [path, name, points, source.kind])).toEqual([
    ['blocks.benchmark', 'benchmark', 6, 'parts'],
    ['blocks.benchmark.parts.common', 'benchmark.common', 4.5, 'tasks'],
    ['blocks.benchmark.parts.own', 'benchmark.own', 1.5, 'entered'],
    ['blocks.experts', 'experts', 3, 'forms'],
    ['blocks.users', 'users', 1, 'judgements'],
  ]);
});

test('a record omits unknown sections, and has only entered scores', () => {
  const text = GOOD.replace('version: 3', 'version: 3\nrecord: true');
  expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'rule-book-conflict', input: 'r.yaml:15' }));
  const book = parse(`name: r
version: 1
record: true
title: { en: R }
originality: { veto: true, components: [weights] }
blocks: [{ id: all, title: { en: All }, points: 100, entered: { by: { en: them } } }]
kept: 4
`);
  expect(book).toMatchObject({
    eligibility: null,
    originality: { audit: null },
    rounding: null,
    tieBreak: [],
    target: null,
    publication: null,
    limits: null,
  });
  expect(parse(ruleBookToYaml(book))).toEqual(book);
  // How many go on may not have been published; a stage that is decided here needs it.
  const open = parse(ruleBookToYaml(book).replace('kept: 4', 'kept: null'));
  expect(open).toEqual({ ...book, kept: null });
  expect(parse(ruleBookToYaml(open))).toEqual(open);
  expect(() => parse(GOOD.replace('kept: 2', 'kept: null'))).toThrow(
    expect.objectContaining({ code: 'rule-book-missing-key', message: 'kept is missing' }),
  );
});

const edit = (from: string, to: string): string => {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, () => to);
};

test.for<[text: string, code: string, line: number, inMessage: string, inHint: string]>([
  [edit('kept: 2', 'kpet: 2'), 'unknown-key', 34, 'unknown key kpet', 'did you mean kept?'],
  [
    edit('experts: 3', 'expert: 3'),
    'unknown-key',
    25,
    'unknown key blocks[1].forms.expert',
    'blocks[1].forms.experts?',
  ],
  [edit('floor: 0.25', 'flor: 0.25'), 'unknown-key', 15, 'blocks[0].parts[0].tasks[0].scale.flor', 'scale.floor?'],
  [edit('released:', 'relaesed:'), 'unknown-key', 40, 'relaesed', 'target.references[0].released?'],
  [`${GOOD}__proto__: 1\n`, 'unknown-key', 41, 'unknown key __proto__', 'remove'],
  [edit('{ click: 0.5 }', '{ __proto__: 0.5 }'), 'unknown-key', 40, '__proto__', 'remove'],
  [edit('kept: 2\n', ''), 'missing-key', 1, 'kept is missing', 'a number'],
  [edit('metric: acc, scale: {', 'scale: {'), 'missing-key', 15, 'metric is missing', 'acc, acc_norm'],
  [edit('version: 3', 'version: three'), 'type', 2, 'version must be a number, not the text "three"', 'number'],
  [edit('version: 3', 'version: 0'), 'range', 2, 'version is 0', 'at least 1'],
  [edit('en: Small', 'en: 7'), 'type', 3, 'title.en must be text', '"7"'],
  [edit('name: small', 'name: Small Book'), 'range', 1, 'lower-case letters', ''],
  [edit('metric: acc, scale: best', 'metric: ac, scale: best'), 'range', 16, 'the text "ac"', 'did you mean acc?'],
  [edit('best-reference', 'best-refrence'), 'range', 16, 'scale cannot be', 'did you mean best-reference?'],
  [edit('best-reference', '3'), 'range', 16, 'scale cannot be 3', 'best-reference or a section of floor, ceiling'],
  [edit('2026-01-15', '2026-02-30'), 'range', 40, 'not a day of the calendar', ''],
  [edit('points: 4.5', 'points: 4.50001'), 'range', 13, 'three decimals', ''],
  [edit('kept: 2', 'kept: 2\nkept: 3'), 'duplicate-key', 35, 'kept is given twice', 'keep one'],
  [edit('kept: 2', 'kept: *x'), 'yaml', 34, '', ''],
  ['', 'type', 1, 'the rule book must be a section', ''],
  [`# ${'x'.repeat(300_000)}`, 'yaml', 1, 'a rule book has at most 256 KiB', 'into the rule book'],
  [edit('kept: 2', 'publication: { forms: at-once }\nkept: 2'), 'range', 34, 'publication.forms', 'at-close, never'],
  // one key against another
  [edit('points: 10', 'points: 11'), 'conflict', 6, 'points of the blocks add up to 10, not 11', 'correct'],
  [edit('points: 4.5', 'points: 4.499'), 'conflict', 10, 'parts of benchmark add up to 5.999, not 6', ''],
  [edit('points: 2 }', 'points: 2.5 }'), 'conflict', 27, 'criteria of experts add up to 3.5, not 3', ''],
  [edit('id: users', 'id: experts'), 'conflict', 30, 'the block "experts" is there twice', ''],
  [edit('id: own', 'id: common'), 'conflict', 17, 'the part "common" is there twice', ''],
  [edit('id: plan', 'id: method'), 'conflict', 29, 'the criterion "method" is there twice', ''],
  [edit('task: click', 'task: kmmlu'), 'conflict', 16, 'the task "kmmlu" is there twice', ''],
  [edit('id: users', 'id: lot'), 'conflict', 30, '"lot" is a word of tieBreak', ''],
  [
    edit('        entered: { by: { en: the office } }\n', ''),
    'conflict',
    17,
    'nothing says how own is scored',
    'entered',
  ],
  [
    edit('    judgements:', '    entered: { by: { en: x } }\n    judgements:'),
    'conflict',
    30,
    'entered and judgements',
    '',
  ],
  [edit('experts: 3', 'experts: 2'), 'conflict', 26, 'of 2 forms nothing is left', 'more experts'],
  [edit('experts: 3', 'experts: 3\n      leastExperts: 4'), 'conflict', 26, 'above experts, which is 3', 'one of them'],
  [edit('{ users: 3,', '{ users: 3, leastUsers: 4,'), 'conflict', 33, 'above users, which is 3', 'one of them'],
  [edit('trimmed-mean', 'mean\n      trim: 1'), 'conflict', 27, 'a mean leaves nothing out', ''],
  [edit('floor: 0.25, ceiling: 1', 'floor: 1, ceiling: 1'), 'conflict', 15, 'are the same', ''],
  [
    edit('floor: 0.25, ceiling: 1', 'floor: 1, ceiling: 0'),
    'conflict',
    15,
    'of acc, more is better',
    'above the floor',
  ],
  [edit('acc, scale: { floor: 0.25', 'perplexity, scale: { floor: 0.25'), 'conflict', 15, 'less is better', 'below'],
  [edit('{ users: 3,', '{ floor: 1, users: 3,'), 'conflict', 33, 'the floor is not below', ''],
  [edit('benchmark.common, lot', 'benchmark.comon, lot'), 'conflict', 35, 'no block or part', 'benchmark.common?'],
  [edit('benchmark.common, lot', 'benchmark.common'), 'conflict', 35, 'does not say what happens', 'equal or lot'],
  [edit('benchmark.common, lot', 'lot, equal'), 'conflict', 35, 'nothing can follow "lot"', ''],
  [edit('{ click: 0.5 }', '{ clck: 0.5 }'), 'conflict', 40, 'there is no task in the blocks "clck"', 'click?'],
  [edit('{ click: 0.5 }', '{ click: 0 }'), 'conflict', 40, 'the score of click is 0', 'above 0'],
  [edit('{ click: 0.5 }', '{ kmmlu: 0.5 }'), 'conflict', 16, 'no reference model has a score in click', ''],
  [GOOD.slice(0, GOOD.indexOf('target:')), 'conflict', 16, 'there is no target', 'add target'],
  [edit('[tokenizer]', '[tokenizer, tokenizer]'), 'conflict', 4, 'the component "tokenizer" is there twice', ''],
])('%#: the error has code, line, message and hint', ([text, code, line, message, hint]) => {
  let error: unknown;
  try {
    parse(text);
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(JikjiError);
  expect(error).toMatchObject({ code: `rule-book-${code}`, input: `r.yaml:${line}` });
  expect((error as JikjiError).message).toContain(message);
  expect((error as JikjiError).hint).toContain(hint);
  expect(`${(error as JikjiError).message}${(error as JikjiError).hint}`).not.toMatch(/undefined|\[object|\btask'/);
});

const shipped = (name: string) => readFileSync(new URL(`../../../programs/${name}`, import.meta.url), 'utf8');
/** With the keys that came later and have no default. */
const LATER = edit('experts: 3', 'experts: 3\n      leastExperts: 2')
  .replace('{ users: 3,', '{ users: 3, leastUsers: 2, leastVotes: 10,')
  .replace('{ by: { en: the office } }', '{ by: { en: the office }, error: 0.2 }')
  .replace('floor: 0.25, ceiling: 1 }', 'floor: 0.25, ceiling: 1 }, leastItems: 100');
const BOOKS = [GOOD, shipped('korea-2025/stage-1.yaml'), shipped('practice/stage-1.yaml'), LATER];

/** Every place of a value, with a setter. */
function* leaves(value: Json, path: string[] = []): Generator<{ path: string[]; value: Json }> {
  if (value === null || typeof value !== 'object') yield { path, value };
  else for (const [key, inner] of Object.entries(value)) yield* leaves(inner as Json, [...path, key]);
}

function changed(book: RuleBook, path: string[], to: Json): RuleBook {
  const copy = structuredClone(book);
  let at = copy as unknown as Record<string, Json>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, Json>;
  at[path.at(-1)!] = to;
  return copy;
}

test.each(BOOKS)('%#: written out it is the same, and its digest does not depend on layout', (text) => {
  const book = parse(text);
  const yaml = ruleBookToYaml(book);
  expect(parse(yaml)).toEqual(book);
  expect(ruleBookToYaml(parse(yaml))).toBe(yaml);
  expect(ruleBookDigest(parse(`# a comment\n\n${yaml}`))).toBe(ruleBookDigest(book));
  const upsideDown = Object.fromEntries(Object.entries(book).reverse()) as unknown as RuleBook;
  expect(ruleBookDigest(upsideDown)).toBe(ruleBookDigest(book));
});

test.each(BOOKS)('%#: any other value has another digest', (text) => {
  const book = parse(text);
  const digests = new Set([ruleBookDigest(book)]);
  let count = 1;
  for (const { path, value } of leaves(book as unknown as Json)) {
    const other =
      typeof value === 'number'
        ? value + 1e-9 * Math.max(1, Math.abs(value))
        : typeof value === 'boolean'
          ? !value
          : `${value}x`;
    digests.add(ruleBookDigest(changed(book, path, other)));
    count++;
  }
  expect(count).toBeGreaterThan(20);
  expect(digests.size).toBe(count);
});

test.each(BOOKS)('%#: no number of points can be changed alone: the sums are checked', (text) => {
  const book = parse(text);
  for (const { path, value } of leaves(book as unknown as Json)) {
    if (path.at(-1) !== 'points') continue;
    const other = changed(book, path, (value as number) + 0.001);
    expect(() => parse(ruleBookToYaml(other)), path.join('.')).toThrow(/add up/);
  }
});

test.each(BOOKS)('%#: no key can be replaced, in any section', (text) => {
  const book = JSON.parse(JSON.stringify(parse(text)));
  // Records of names and lists take any key, or index.
  const lines = ruleBookToYaml(book).split('\n');
  const names = new Set(['definitions', 'click', ...Object.keys(book.originality.lineage?.components ?? {})]);
  let tried = 0;
  lines.forEach((line, i) => {
    const key = /^([ -]*)([A-Za-z]+):/.exec(line);
    if (!key || names.has(key[2]!)) return;
    const mutant = [...lines];
    mutant[i] = line.replace(/^([ -]*)([A-Za-z]+):/, '$1$2Q:');
    expect(() => parse(mutant.join('\n')), line).toThrow(
      expect.objectContaining({ code: 'rule-book-unknown-key', input: `r.yaml:${i + 1}` }),
    );
    tried++;
  });
  expect(tried).toBeGreaterThan(30);
});

test('a mutated rule book is read or refused with a JikjiError', () => {
  const junk = [
    '\t',
    '\n',
    ':',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '*a',
    '&a',
    '!',
    '"',
    "'",
    '|',
    '#',
    '0',
    '.',
    '-',
    '\u0000',
    '한',
    '\ud800',
    '1e999',
    'null',
  ];
  let seed = 7;
  const random = (n: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % n;
  };
  let refused = 0;
  const times = process.env.JIKJI_TORTURE ? 20_000 : 200;
  for (let i = 0; i < times; i++) {
    let mutant = BOOKS[i % BOOKS.length];
    for (let edits = 1 + random(3); edits > 0; edits--) {
      const at = random(mutant.length);
      mutant = mutant.slice(0, at) + junk[random(junk.length)] + mutant.slice(at + random(3));
    }
    try {
      const book = parse(mutant);
      expect(parse(ruleBookToYaml(book))).toEqual(book);
    } catch (error) {
      if (!(error instanceof JikjiError)) throw new Error(`crash on ${JSON.stringify(mutant)}`, { cause: error });
      expect(error.input).toMatch(/^r\.yaml:\d+$/);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(times / 4);
});

const OWN = `${GOOD}selfReliance:
  floors: { chip: 0.1, memory: 0.5 }
  weights: { chip: 37.5, memory: 12.5, weights: 50 }
  published: [{ publisher: somebody }]
`;

test('self-reliance: floors and weights by layer, written back, part of the digest', () => {
  const book = parse(OWN);
  expect(book.selfReliance).toEqual({
    floors: { chip: 0.1, memory: 0.5 },
    weights: { chip: 37.5, memory: 12.5, weights: 50 },
    published: [{ publisher: 'somebody' }],
  });
  expect(parse(ruleBookToYaml(book))).toEqual(book);
  expect(ruleBookDigest(book)).not.toBe(ruleBookDigest(parse(GOOD)));
  expect(ruleBookDigest(parse(OWN.replace('chip: 0.1', 'chip: 0.2')))).not.toBe(ruleBookDigest(book));
  const one = parse(`${GOOD}selfReliance: { weights: { data-center: 100 } }\n`);
  expect(one.selfReliance).toEqual({ floors: {}, weights: { 'data-center': 100 } });
});

test.each([
  ['chip: 37.5', 'chip: 37.4', 'conflict', 'weights of the layers add up to 99.9, not 100'],
  ['chip: 37.5', 'chips: 37.5', 'unknown-key', 'selfReliance.weights.chips'],
  ['chip: 37.5', 'compute: 37.5', 'unknown-key', 'selfReliance.weights.compute'],
  ['chip: 37.5, memory: 12.5', 'chip: 50, memory: 0', 'range', 'selfReliance.weights.memory'],
  ['memory: 0.5', 'memory: 50', 'range', 'selfReliance.floors.memory'],
  ['  weights: { chip: 37.5, memory: 12.5, weights: 50 }\n', '', 'missing-key', 'selfReliance.weights'],
])('self-reliance: %s as %s is told', (from, to, code, message) => {
  expect(OWN).toContain(from);
  expect(() => parse(OWN.replace(from, to))).toThrow(
    expect.objectContaining({
      code: `rule-book-${code}`,
      input: expect.stringMatching(/^r\.yaml:\d+$/),
      message: expect.stringContaining(message),
    }),
  );
});

test('a rule book without rules of self-reliance keeps its digest', () => {
  // As it stood when there were no such rules: sources were added since, and 4 was not published.
  const text = shipped('korea-2025/stage-1.yaml').replace(/^ {2}- \{ publisher: (segye|newsspace),.*\n/gm, '');
  const korea = parse(`${text}kept: 4\n`);
  expect(ruleBookDigest(korea)).toBe('7db46df5a9041b65956ffbe7399c819d54bf313bd196dcfc54132890450edb61');
  expect('selfReliance' in korea).toBe(false);
});
