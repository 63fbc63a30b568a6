// The links from an answer to its corpus say no more than was checked: every outcome of the audits of receipt and run, in both languages.

import { expect, test } from 'vitest';
import type { Standing } from '../claims.ts';
import { lineageOf, type RunFound } from './lineage.ts';
import type { LineageLink, ReceiptAudit, ReceiptCheckName, ReceiptFacts } from './types.ts';

const [SEAL, STATE, CORPUS] = ['5', '6', '7'].map((digit) => digit.repeat(64)) as [string, string, string];
const facts: ReceiptFacts = {
  id: 'a'.repeat(32),
  digest: '1'.repeat(64),
  time: '2026-01-01T00:00:00.000Z',
  key: '2'.repeat(64),
  model: { name: 'model', digest: '3'.repeat(64) },
  run: { seal: SEAL, state: STATE },
  request: { digest: '4'.repeat(64), parameters: {} as ReceiptFacts['request']['parameters'] },
  nonce: null,
  seedFrom: 'client',
  answers: [{ seed: 1, tokens: 12, ended: 'end' }],
};

const NAMES: ReceiptCheckName[] = [
  ...(['signature', 'model', 'run', 'prompt', 'parameters'] as const),
  ...(['seed', 'chain', 'replay', 'ending', 'response'] as const),
];
type Verdicts = Partial<Record<ReceiptCheckName, 'refuted' | 'not-checked'>>;
const audited = (verdicts: Verdicts = {}, receipt: ReceiptFacts | null = facts): ReceiptAudit => ({
  verdict: Object.values(verdicts).includes('refuted') ? 'refuted' : 'holds',
  checks: NAMES.map((name) => ({ name, verdict: verdicts[name] ?? 'holds', detail: '' })),
  claim: { en: [], ko: [] },
  differences: [],
  receipt,
  chain: [],
});

const standing = (more: Partial<Standing> = {}): Standing => ({
  beginning: { kind: 'drawn' },
  ...{ verdict: 'holds', extent: 'all', data: 'sources', share: 1, chance: null },
  ...more,
});
const run = (more: Partial<Standing> = {}, seal: string | null = SEAL): RunFound => ({
  audits: [{ seal, standing: standing(more), ended: '2026-01-02T00:00:00.000Z', noted: false }],
  corpus: CORPUS,
});
const NOTHING: RunFound = { audits: [], corpus: null };
const states = ({ links }: { links: LineageLink[] }) => links.map(({ state }) => state).join(' ');

test('before a check nothing is checked, whatever is known of the run', () => {
  const found = lineageOf(facts, null, run());
  expect(states(found)).toBe('not-checked not-checked not-checked not-checked not-checked');
  expect(found.weakest.en).toBe('Nothing has been checked yet.');
  expect(found.links.map(({ digest }) => digest)).toEqual([facts.digest, facts.model.digest, SEAL, STATE, CORPUS]);
});

test('only where all was checked in full, no link is the weakest', () => {
  const whole = lineageOf(facts, audited(), run());
  expect(states(whole)).toBe('holds holds holds holds holds');
  expect(whole.weakest.en).toMatch(/every step was trained again, and the texts were built again/);
  expect(whole.weakest.ko).toMatch(/모든 스텝을 다시 학습했으며, 텍스트를 출처에서 다시 만들어/);
});

test.each([
  [{ extent: 'sampled', share: 0.24, chance: 0.1 }, 'partly holds', /the training: 24% of the steps/],
  [{ extent: 'sampled', share: 0 }, 'not-checked holds', /the training: No step was trained again/],
  [{ extent: 'self', share: 0.5 }, 'partly holds', /the training: 50% .*machine that has the maker’s signing key/],
  [{ data: 'texts' }, 'holds partly', /the corpus: Where the texts come from is the maker’s word/],
  [{ data: 'maker' }, 'holds not-checked', /the corpus: Where the texts come from, and what they are, is the maker’s/],
  [{ verdict: 'refuted' }, 'refuted unknown', /the training: The evidence contradicts the claim/],
  [{ verdict: 'incomplete' }, 'unknown unknown', /the training: No verdict is possible/],
] as const)('an audit of the run %j', (more, expected, weakest) => {
  const found = lineageOf(facts, audited(), run(more));
  expect(states(found)).toBe(`holds holds holds ${expected}`);
  expect(found.weakest.en).toMatch(weakest);
  expect(found.weakest.ko).toMatch(/^가장 약한 고리: (학습|말뭉치)\. (?:(?!MiB)[^a-z]|MiB)+$/i);
});

test.each([
  ['its parent was seen whole', standing(), 'holds holds', /No link was left out/],
  ['its parent was not brought', null, 'partly partly', /the training: .*Nothing of the making of that run/],
  ['of its parent a part was trained again', standing({ extent: 'sampled', share: 0.5 }), 'partly holds', /training/],
  [
    "its parent's texts are the maker's word",
    standing({ data: 'maker' }),
    'holds partly',
    /corpus: .*not all built again/,
  ],
  [
    'its parent was built on a model',
    standing({ beginning: { kind: 'model', files: [], compared: true } }),
    'partly partly',
    /making nobody showed/,
  ],
] as const)('a run that was built on another one: %s', (_, parent, expected, weakest) => {
  const beginning = { kind: 'run', seal: SEAL, name: parent && 'parent', standing: parent } as const;
  const found = lineageOf(facts, audited(), run({ beginning }));
  expect(states(found)).toBe(`holds holds holds ${expected}`);
  expect(found.weakest.en).toMatch(weakest);
});

test('an audit of another run, or of one that is not bound to this answer, says nothing of it', () => {
  const others: [ReceiptAudit | null, RunFound, boolean][] = [
    [audited(), NOTHING, false],
    [audited(), run({}, 'f'.repeat(64)), false],
    [audited(), run({}, null), false],
    [null, run(), true],
    [audited({ model: 'refuted', replay: 'not-checked' }), run(), true],
    [audited({ run: 'refuted' }), run(), true],
    [audited({ run: 'not-checked' }), run(), true],
  ];
  for (const [receipt, known, isKnown] of others) {
    const found = lineageOf(facts, receipt, known);
    const [, , , training, corpus] = found.links;
    expect([training!.state, training!.audited, corpus!.state]).toEqual(['not-checked', null, 'not-checked']);
    expect([found.known, /knows (?:no|an) audit/.exec(training!.text.en)?.[0]]).toEqual([
      isKnown,
      isKnown ? 'knows an audit' : 'knows no audit',
    ]);
    expect(corpus!.text).toEqual(training!.text);
  }
});

test('what an audit has shown does not vanish behind one that looked at less; a refutation is never hidden', () => {
  const many = (...audits: Partial<Standing & { noted: boolean }>[]) =>
    lineageOf(facts, audited(), {
      audits: audits.map(({ noted = false, ...more }, i) => ({
        ...{ seal: SEAL, standing: standing(more), ended: `2026-01-0${9 - i}T00:00:00.000Z`, noted },
      })),
      corpus: CORPUS,
    }).links.slice(3);
  const later = { extent: 'self', share: 0.1, data: 'texts' } as const;
  const start = { extent: 'self', share: 0.14, data: 'sources', noted: true } as const;
  const both = many(later, start);
  expect(both.map(({ state, audited: time, noted }) => [state, time, noted])).toEqual([
    ['partly', '2026-01-08T00:00:00.000Z', true],
    ['holds', '2026-01-08T00:00:00.000Z', true],
  ]);
  expect(both[0]!.text.en).toContain('14% of the steps');
  // Each link by the audit that shows most of it; of equals by the newest.
  expect(many({ ...start, share: 0, noted: false }, { ...later, share: 0.5 }).map(({ audited: time }) => time)).toEqual(
    ['2026-01-08T00:00:00.000Z', '2026-01-09T00:00:00.000Z'],
  );
  expect(many(later, later)[0]!.audited).toBe('2026-01-09T00:00:00.000Z');
  expect(many({ verdict: 'incomplete' }, later)[0]!.state).toBe('partly');
  for (const order of [[{ verdict: 'refuted' }, start] as const, [start, { verdict: 'refuted' }] as const])
    expect(many(...order).map(({ state, noted }) => [state, noted])).toEqual([
      ['refuted', false],
      ['unknown', false],
    ]);
});

test('what the receipt says of the run decides: none, one whose seal is gone, another one', () => {
  const without = { ...facts, run: null };
  const none = lineageOf(without, audited({ run: 'not-checked' }, without), NOTHING);
  expect(states(none)).toBe('holds holds unknown unknown unknown');
  expect(none.weakest.en).toContain('the seal: The receipt names no run');
  const gone = lineageOf(facts, audited({ run: 'not-checked' }), NOTHING);
  expect([gone.links[2]!.state, gone.weakest.en]).toEqual([
    'unknown',
    'The weakest link is the seal: The seal that the receipt names is not here.',
  ]);
  expect(lineageOf(facts, audited({ run: 'refuted' }), run()).links[2]!.state).toBe('refuted');
});

test('an answer that is refuted, in part not checked, or not replayed does not hold', () => {
  for (const name of NAMES.filter((one) => one !== 'model' && one !== 'run')) {
    const { links, weakest } = lineageOf(facts, audited({ [name]: 'refuted' }), run());
    expect([name, links[0]!.state]).toEqual([name, 'refuted']);
    expect(weakest.en).toBe(
      `The weakest link is the answer: Receipt, model, request and answer do not agree: ${name}.`,
    );
  }
  const open = lineageOf(facts, audited({ response: 'not-checked' }), run());
  expect([open.links[0]!.state, open.links[0]!.text.ko]).toEqual(['partly', expect.stringMatching(/: 받은 답\.$/)]);
  const cut = lineageOf(facts, { ...audited({}), isCutOff: true }, run());
  expect([cut.links[0]!.state, cut.links[0]!.text]).toEqual(['partly', open.links[0]!.text]);
  expect(lineageOf(facts, audited({ replay: 'not-checked' }), run()).links[0]!.state).toBe('not-checked');
  // A forged signature: nothing is known of what it says.
  const forged = lineageOf(
    null,
    { ...audited({}, null), checks: [{ name: 'signature', verdict: 'refuted', detail: '' }] },
    NOTHING,
  );
  expect(states(forged)).toBe('refuted not-checked not-checked not-checked not-checked');
  expect(forged.links.map(({ digest }) => digest)).toEqual([null, null, null, null, null]);
});

test('the worst link is the weakest, and of equals the one nearest to the answer', () => {
  const weakest = (verdicts: Verdicts, known: RunFound) => lineageOf(facts, audited(verdicts), known).weakest.en;
  expect(weakest({ response: 'not-checked' }, run({ verdict: 'refuted' }))).toContain('the training');
  expect(weakest({ response: 'not-checked' }, run({ extent: 'sampled', share: 0.5 }))).toContain('the answer');
  expect(weakest({ model: 'refuted', replay: 'not-checked' }, run({ verdict: 'refuted' }))).toContain('the model');
});
