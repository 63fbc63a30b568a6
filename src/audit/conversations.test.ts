// Runs with conversations: honest ones hold, with a template of their own too, and as a bundle; what a maker can alter in marks, template and
// documents is found by name although everything is signed again.

import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { templatesRenderHere } from '../foundry/conversation/testing/templates-here.ts';
import { readStatement, type Signer } from '../ledger/index.ts';
import { audit } from './audit.ts';
import { bundleRun, withBundle } from './bundle.ts';
import { Bench, redoEvidence } from './testing/run.ts';

templatesRenderHere();

const bench = new Bench();
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

let signer: Signer;
let run: string;
let own: string;
afterAll(() => bench.remove());
beforeAll(async () => {
  signer = bench.strangersKey('maker');
  const lines = Array.from({ length: 60 }, (_, i) =>
    JSON.stringify({
      messages: [
        { role: 'user', content: `what is ${i}?` },
        { role: 'assistant', content: `${i} is ${i}` },
      ],
    }),
  );
  writeFileSync(join(bench.folder, 'talks.jsonl'), lines.join('\n'));
  writeFileSync(join(bench.folder, 'own.jinja'), TEMPLATE);
  const changes = { corpus: { sources: SOURCES, validation: 0.2 }, train: { steps: 4, sequenceLength: 40 } };
  run = await bench.make(signer, changes);
  own = await bench.make(signer, { ...changes, chat: { template: 'own.jinja', tokens: ['<|user|>', '<|end|>'] } });
});

const findingsOf = async (folder: string) =>
  (await audit({ folder, threads: 1 })).checks.flatMap(({ name, findings }) =>
    findings.map((one) => ({ name, ...one })),
  );

/** A copy of a run, changed and signed again. */
function forged(change: (at: (name: string) => string) => void, of = run): string {
  const copy = bench.copy(of);
  change((name) => join(copy, name));
  redoEvidence(copy, signer);
  return copy;
}

test('an honest run holds, from its sources and as a bundle; with a template of its own too', async () => {
  for (const folder of [run, own]) {
    const found = await audit({ folder, threads: 1, sources: bench.folder });
    expect(found.checks.flatMap(({ findings }) => findings)).toEqual([]);
    expect([found.verdict, found.data.standing]).toEqual(['holds', 'sources']);
    expect(found.checks.flatMap(({ notes }) => notes).filter((note) => note.startsWith('Not part'))).toEqual([]);
    const out = join(bench.folder, 'run.tar');
    await bundleRun({ run: folder, out, withoutData: false });
    expect(await withBundle(out, async (inside) => (await audit({ folder: inside, threads: 1 })).verdict)).toBe(
      'holds',
    );
  }
});

test('the tokens that its batches use are sealed; another number is refuted, and an older seal has none', async () => {
  const { usedTokens, tokens } = JSON.parse(readFileSync(join(run, 'result.json'), 'utf8'));
  expect(readStatement(join(run, 'seal.json'), 'seal').predicate).toMatchObject({ usedTokens, tokens });
  expect(usedTokens).toBeLessThan(tokens);
  const sealing = (usedTokens: number | undefined, of = run): string => {
    const copy = bench.copy(of);
    redoEvidence(copy, signer, { seal: { usedTokens } });
    return copy;
  };
  for (const other of [usedTokens - 1, tokens]) {
    expect(await findingsOf(sealing(other))).toEqual([
      expect.objectContaining({
        name: 'schedule',
        verdict: 'refuted',
        file: 'seal.json',
        text: `states ${other} used tokens; the batches that seed and recipe draw use ${usedTokens}`,
      }),
    ]);
  }
  expect((await audit({ folder: run, threads: 1 })).run.tokens).toBe(usedTokens);
  const earlier = await audit({ folder: sealing(undefined), threads: 1 });
  expect([earlier.verdict, earlier.run.tokens]).toEqual(['holds', null]);
  const text = await bench.make(signer, { train: { steps: 2 } });
  expect(readFileSync(join(text, 'result.json'), 'utf8')).not.toContain('usedTokens');
  expect(await findingsOf(sealing(128, text))).toEqual([
    expect.objectContaining({ name: 'structure', file: 'seal.json', text: expect.stringMatching(/no conversations/) }),
  ]);
});

test('conversations are never cut: few of them can miss the share, and a note says so', async () => {
  const lines = readFileSync(join(bench.folder, 'talks.jsonl'), 'utf8').split('\n').slice(0, 10);
  writeFileSync(join(bench.folder, 'few.jsonl'), lines.join('\n'));
  const sources = [{ files: 'few.jsonl', read: 'conversations', language: 'en', licence: 'CC0-1.0' }];
  const few = await bench.make(signer, {
    corpus: { sources, validation: 0.1 },
    train: { steps: 2, batchSize: 2, sequenceLength: 40 },
  });
  const { bytes } = JSON.parse(readFileSync(join(few, 'corpus/manifest.json'), 'utf8'));
  const share = bytes.validation / (bytes.train + bytes.validation);
  expect(share < 0.05 || share > 0.2).toBe(true);
  const { verdict, checks } = await audit({ folder: few, threads: 1 });
  expect(verdict).toBe('holds');
  const notes = checks.flatMap((check) => check.notes).join('\n');
  expect(notes).toMatch(/% of the text is held out; the recipe asks for 10%/);
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
  const { verdict, data } = await audit({ folder: two, threads: 1, sources: folder });
  expect([verdict, data.sources.map(({ standing }) => standing)]).toEqual(['holds', ['compared', 'maker']]);
});

/** A parsed file, to be changed. */
type Json = {
  sources: { slice: number; train: { marks?: object }; validation: { marks?: object } }[];
  template?: string;
  formatVersion: number;
};

const marksOf = (at: (name: string) => string, change: (marks: Buffer) => unknown): void => {
  const marks = readFileSync(at(MARKS));
  change(marks);
  writeFileSync(at(MARKS), marks);
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
  const findings = await findingsOf(forged((at) => marksOf(at, change)));
  expect(findings).toContainEqual(
    expect.objectContaining({ name: 'origin', verdict: 'refuted', file: MARKS, text: expect.stringMatching(text) }),
  );
});

test('marks and template without new signatures, or not there', async () => {
  const copy = bench.copy(run);
  marksOf(
    (name) => join(copy, name),
    (marks) => marks.fill(1, 2, 3),
  );
  expect(await findingsOf(copy)).toContainEqual(
    expect.objectContaining({ name: 'structure', verdict: 'refuted', file: MARKS }),
  );
  const other = bench.copy(run);
  writeFileSync(join(other, CHAT), `${readFileSync(join(other, CHAT), 'utf8')} `);
  expect(await findingsOf(other)).toContainEqual(
    expect.objectContaining({
      name: 'structure',
      verdict: 'refuted',
      file: CHAT,
      text: 'is not the chat template that corpus/tokens.json names',
    }),
  );
  const gone = bench.copy(run);
  rmSync(join(gone, CHAT));
  const found = await audit({ folder: gone, threads: 1 });
  expect(found.verdict).toBe('incomplete');
  expect(found.checks[0]!.findings).toContainEqual(expect.objectContaining({ verdict: 'incomplete', file: CHAT }));
});

test.each([
  ['writes other words', (text: string) => text.replace("'|>'", "'|>:'"), IDS, /encoded differently/],
  ['fails', () => "{{ raise_exception('no') }}", CHAT, /fails: no/],
  ['asks for the date', () => "{{ strftime_now('%Y') }}", CHAT, /asks for the date/],
  ['ends nothing', () => '{% for m in messages %}{{ m.content }}{% endfor %}', CHAT, /without a special token/],
])('another template, signed: one that %s', async (_, change, file, text) => {
  const findings = await findingsOf(forged((at) => writeFileSync(at(CHAT), change(readFileSync(at(CHAT), 'utf8')))));
  expect(findings).toContainEqual(
    expect.objectContaining({ name: 'origin', verdict: 'refuted', file, text: expect.stringMatching(text) }),
  );
});

test.each([
  ['chat_template.jinja', (text: string) => `${text}{# another #}`],
  ['generation_config.json', (text: string) => text.replace(/\d+,/, '7,')],
  ['tokenizer_config.json', (text: string) => text.replace('"add_bos_token": true', '"add_bos_token": false')],
])('model/%s that does not follow from the run', async (name, change) => {
  const copy = forged((at) => writeFileSync(at(`model/${name}`), change(readFileSync(at(`model/${name}`), 'utf8'))));
  expect(await findingsOf(copy)).toContainEqual(
    expect.objectContaining({
      name: 'structure',
      verdict: 'refuted',
      file: `model/${name}`,
      text: "does not follow from the run's chat template and tokenizer",
    }),
  );
});

test('documents that are no conversations, or in another spelling', async () => {
  for (const change of [
    (text: string) => text.replace('\\"messages\\"', '\\"message\\"'),
    (text: string) => text.replace('what is', ' what is').replace('\\"content\\":\\"', '\\"content\\":\\" '),
  ]) {
    const copy = forged((at) => writeFileSync(at(TEXT), change(readFileSync(at(TEXT), 'utf8'))));
    expect(await findingsOf(copy)).toContainEqual(
      expect.objectContaining({
        name: 'data',
        verdict: 'refuted',
        file: TEXT,
        text: expect.stringMatching(/the conversation of line 1/),
      }),
    );
  }
});

test('conversations as text, without marks, or in slices', async () => {
  const json = (change: (value: Json) => void, name: string) => (at: (name: string) => string) => {
    const value = JSON.parse(readFileSync(at(name), 'utf8'));
    change(value);
    writeFileSync(at(name), JSON.stringify(value));
  };
  const bare = forged(
    json((tokens) => {
      for (const split of ['train', 'validation'] as const) delete tokens.sources[0]![split].marks;
    }, 'corpus/tokens.json'),
  );
  expect(await findingsOf(bare)).toContainEqual(
    expect.objectContaining({
      name: 'structure',
      verdict: 'refuted',
      file: 'corpus/tokens.json',
      text: 'source 0: its train file has no marks',
    }),
  );
  const older = forged(
    json((tokens) => {
      for (const split of ['train', 'validation'] as const) delete tokens.sources[0]![split].marks;
      delete tokens.template;
      tokens.formatVersion = 1;
    }, 'corpus/tokens.json'),
  );
  expect(await findingsOf(older)).toContainEqual(
    expect.objectContaining({
      name: 'structure',
      verdict: 'refuted',
      text: 'is of format version 1; a run with conversations has 2',
    }),
  );
  const cut = forged(
    json((manifest) => {
      manifest.sources[0]!.slice = 2048;
    }, 'corpus/manifest.json'),
  );
  expect(await findingsOf(cut)).toContainEqual(
    expect.objectContaining({
      name: 'data',
      verdict: 'refuted',
      text: 'has slices of conversations, which stay whole',
    }),
  );
});
