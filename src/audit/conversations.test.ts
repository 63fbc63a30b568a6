// Runs with conversations: honest ones hold, with a template of their own too, and as a bundle; what a maker can alter in marks, template and
// documents is found by name although everything is signed again.

import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { templatesRenderHere } from '../foundry/conversation/testing/templates-here.ts';
import { readStatement } from '../ledger/index.ts';
import { bundleRun, withBundle } from './bundle.ts';
import { auditRun, edit, editBytes, expectRefuted, findingsOf, notesOf, TestBench, talk } from './testing/audit-run.ts';

templatesRenderHere();

const bench = new TestBench();
const { signer } = bench;
const TEMPLATE =
  '{{ bos_token }}{% for m in messages %}<|user|>{{ m.role }}\n{{ m.content }}<|end|>\n{% endfor %}{% if add_generation_prompt %}<|user|>assistant\n{% endif %}';
const SOURCES = [
  { files: 'talks.jsonl', read: 'conversations', language: 'en', licence: 'CC0-1.0' },
  { files: 'texts/a', language: 'en', licence: 'CC0-1.0' },
];
const MARKS = 'corpus/source-00.train.marks';
const IDS = 'corpus/source-00.train.bin';
const TEXT = 'corpus/source-00.train.jsonl';
const CHAT = 'tokenizer/chat_template.jinja';

const talks = Array.from({ length: 60 }, (_, i) => talk(`what is ${i}?`, `${i} is ${i}`));
bench.writeLines('talks.jsonl', talks);
writeFileSync(join(bench.folder, 'own.jinja'), TEMPLATE);
const changes = { corpus: { sources: SOURCES, validation: 0.2 }, train: { steps: 4, sequenceLength: 40 } };
const run = await bench.make(signer, changes);
const own = await bench.make(signer, { ...changes, chat: { template: 'own.jinja', tokens: ['<|user|>', '<|end|>'] } });

test('an honest run holds, from its sources and as a bundle; with a template of its own too', async () => {
  for (const folder of [run, own]) {
    const found = await auditRun(folder, { sources: bench.folder });
    expect(findingsOf(found)).toEqual([]);
    expect([found.verdict, found.data.standing]).toEqual(['holds', 'sources']);
    expect(notesOf(found)).not.toMatch(/^Not part/m);
    const out = join(bench.folder, 'run.tar');
    await bundleRun({ run: folder, out, withoutData: false });
    expect(await withBundle(out, async (inside) => (await auditRun(inside)).verdict)).toBe('holds');
  }
});

test('the tokens that its batches use are sealed; another number is refuted, and an older seal has none', async () => {
  const { usedTokens, tokens } = JSON.parse(readFileSync(join(run, 'result.json'), 'utf8'));
  expect(readStatement(join(run, 'seal.json'), 'seal').predicate).toMatchObject({ usedTokens, tokens });
  expect(usedTokens).toBeLessThan(tokens);
  const sealing = (usedTokens: number | undefined, of = run): string =>
    bench.forged(of, () => {}, { seal: { usedTokens } });
  for (const other of [usedTokens - 1, tokens]) {
    expect(findingsOf(await auditRun(sealing(other)))).toMatchObject([
      {
        name: 'schedule',
        verdict: 'refuted',
        file: 'seal.json',
        text: `states ${other} used tokens; the batches that seed and recipe draw use ${usedTokens}`,
      },
    ]);
  }
  expect((await auditRun(run)).run.tokens).toBe(usedTokens);
  const earlier = await auditRun(sealing(undefined));
  expect([earlier.verdict, earlier.run.tokens]).toEqual(['holds', null]);
  const text = await bench.make(signer, { train: { steps: 2 } });
  expect(readFileSync(join(text, 'result.json'), 'utf8')).not.toContain('usedTokens');
  expect(findingsOf(await auditRun(sealing(128, text)))).toMatchObject([
    { name: 'structure', file: 'seal.json', text: expect.stringMatching(/no conversations/) },
  ]);
});

test('conversations are never cut: few of them can miss the share, and a note says so', async () => {
  bench.writeLines('few.jsonl', talks.slice(0, 10));
  const sources = [{ ...SOURCES[0], files: 'few.jsonl' }];
  const few = await bench.make(signer, {
    corpus: { sources, validation: 0.1 },
    train: { steps: 2, batchSize: 2, sequenceLength: 40 },
  });
  const { bytes } = JSON.parse(readFileSync(join(few, 'corpus/manifest.json'), 'utf8'));
  const share = bytes.validation / (bytes.train + bytes.validation);
  expect(share < 0.05 || share > 0.2).toBe(true);
  const found = await auditRun(few);
  expect(found.verdict).toBe('holds');
  expect(notesOf(found)).toMatch(/% of the text is held out; the recipe asks for 10%/);
});

test('an auditor who has one of two sources', async () => {
  const folder = join(bench.folder, 'part');
  mkdirSync(folder);
  copyFileSync(join(bench.folder, 'talks.jsonl'), join(folder, 'talks.jsonl'));
  writeFileSync(
    join(bench.folder, 'more.json'),
    JSON.stringify([
      { instruction: 'a', output: 'b' },
      { instruction: 'c', output: 'd' },
    ]),
  );
  const two = await bench.make(signer, {
    corpus: { sources: [SOURCES[0], { ...SOURCES[0], files: 'more.json' }], validation: 0.2 },
    train: { steps: 2, sequenceLength: 40 },
  });
  const { verdict, data } = await auditRun(two, { sources: folder });
  expect([verdict, data.sources.map(({ standing }) => standing)]).toEqual(['holds', ['compared', 'maker']]);
});

/** A parsed file, to be changed. */
type Json = {
  sources: { slice: number; train: { marks?: object }; validation: { marks?: object } }[];
  template?: string;
  formatVersion: number;
};

test.each([
  [
    "learns the user's words",
    (marks: Buffer) => marks.fill(1, 2, 3),
    /^conversation 1 of corpus\/source-00.train.jsonl is to be learned where it is not an answer$/,
  ],
  [
    'learns all',
    (marks: Buffer) => marks.set(marks.map((mark) => mark | 1)),
    /is to be learned where it is not an answer; so do the marks of \d+ more$/,
  ],
  [
    'leaves an answer out',
    (marks: Buffer) => marks.fill(0, marks.lastIndexOf(1), marks.lastIndexOf(1) + 1),
    /has an answer that is not learned$/,
  ],
  [
    'joins two conversations',
    (marks: Buffer) => marks.fill(0, marks.indexOf(2, 1), marks.indexOf(2, 1) + 1),
    /has other marks than its messages give$/,
  ],
  ['has another bit', (marks: Buffer) => marks.fill(4, 1, 2), /has other marks than its messages give$/],
])('marks: one that %s', async (_, change, text) => {
  const copy = bench.forged(run, (at) => editBytes(at(MARKS), change));
  await expectRefuted(copy, { name: 'origin', file: MARKS, text });
});

test('marks and template without new signatures, or not there', async () => {
  const copy = bench.copy(run);
  editBytes(join(copy, MARKS), (marks) => marks.fill(1, 2, 3));
  await expectRefuted(copy, { name: 'structure', file: MARKS });
  const other = bench.copy(run);
  edit(join(other, CHAT), (text) => `${text} `);
  const text = 'is not the chat template that corpus/tokens.json names';
  await expectRefuted(other, { name: 'structure', file: CHAT, text });
  const gone = bench.copy(run);
  rmSync(join(gone, CHAT));
  const found = await auditRun(gone);
  expect(found.verdict).toBe('incomplete');
  expect(found.checks[0]!.findings).toContainEqual(expect.objectContaining({ verdict: 'incomplete', file: CHAT }));
});

test.each([
  ['writes other words', (text: string) => text.replace("'|>'", "'|>:'"), IDS, /encoded differently/],
  ['fails', () => "{{ raise_exception('no') }}", CHAT, /fails: no/],
  ['asks for the date', () => "{{ strftime_now('%Y') }}", CHAT, /asks for the date/],
  ['ends nothing', () => '{% for m in messages %}{{ m.content }}{% endfor %}', CHAT, /without a special token/],
])('another template, signed: one that %s', async (_, change, file, text) => {
  const copy = bench.forged(run, (at) => edit(at(CHAT), change));
  await expectRefuted(copy, { name: 'origin', file, text });
});

test.each([
  ['chat_template.jinja', (text: string) => `${text}{# another #}`],
  ['generation_config.json', (text: string) => text.replace(/\d+,/, '7,')],
  ['tokenizer_config.json', (text: string) => text.replace('"add_bos_token": true', '"add_bos_token": false')],
])('model/%s that does not follow from the run', async (name, change) => {
  const copy = bench.forged(run, (at) => edit(at(`model/${name}`), change));
  const text = "does not follow from the run's chat template and tokenizer";
  await expectRefuted(copy, { name: 'structure', file: `model/${name}`, text });
});

test('documents that are no conversations, or in another spelling', async () => {
  for (const change of [
    (text: string) => text.replace('\\"messages\\"', '\\"message\\"'),
    (text: string) => text.replace('what is', ' what is').replace('\\"content\\":\\"', '\\"content\\":\\" '),
  ]) {
    const copy = bench.forged(run, (at) => edit(at(TEXT), change));
    await expectRefuted(copy, { name: 'data', file: TEXT, text: /the conversation of line 1/ });
  }
});

test.each<[string, string, (file: Json) => void, Parameters<typeof expectRefuted>[1]]>([
  [
    'without marks',
    'corpus/tokens.json',
    withoutMarks,
    { name: 'structure', file: 'corpus/tokens.json', text: 'source 0: its train file has no marks' },
  ],
  [
    'as text',
    'corpus/tokens.json',
    (tokens) => {
      withoutMarks(tokens);
      delete tokens.template;
      tokens.formatVersion = 1;
    },
    { name: 'structure', text: 'is of format version 1; a run with conversations has 2' },
  ],
  [
    'in slices',
    'corpus/manifest.json',
    ({ sources }) => Object.assign(sources[0]!, { slice: 2048 }),
    { name: 'data', text: 'has slices of conversations, which stay whole' },
  ],
])('conversations %s', async (_, file, change, finding) => {
  const copy = bench.forged(run, (at) =>
    edit(at(file), (text) => {
      const value = JSON.parse(text);
      change(value);
      return JSON.stringify(value);
    }),
  );
  await expectRefuted(copy, finding);
});

function withoutMarks({ sources }: Json): void {
  for (const split of ['train', 'validation'] as const) delete sources[0]![split].marks;
}
