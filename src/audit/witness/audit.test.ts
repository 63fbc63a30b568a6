// Audits of toy runs, honest and forged; the auditor's Python is a program of the test that speaks the same messages.

import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { claimOfWitness } from './claim.ts';
import { MADE_FROM } from './files.ts';
import { witnessLines } from './report/lines.ts';
import { checkOf, faults, toyBench } from './testing/toy-bench.ts';
import { SEED, type ToyOptions, type ToyRun } from './testing/toy-run.ts';
import { begin, RECIPE, type ToyState } from './testing/toy-training.ts';
import type { WitnessCheckName } from './types.ts';

const { work, maker, office, replayer, make, audited } = toyBench();

test('an honest run, trained again in the same environment, holds', async () => {
  const run = make({ office });
  const found = await audited(run, { mode: 'honest', office: office.fingerprint, replay: 'all' });
  expect(faults(found)).toEqual([]);
  expect(found.verdict).toBe('holds');
  expect(found.extent).toBe('all');
  expect(found.origin).toBe('same');
  expect(found.pairs.steps).toContain(1);
  expect(found.pairs.drawnByOffice).toBe(4);
  expect(found.gradients.every(({ difference }) => difference < 1e-5)).toBe(true);
  expect(claimOfWitness(found, 'en').headline).toContain('every step was trained again');
});

test("a maker's clock that went back is a note: it is his own word", async () => {
  const found = await audited(make({ sealTime: '2020-01-01T00:00:00.000Z' }), { mode: 'honest' });
  expect([found.verdict, faults(found)]).toEqual(['holds', []]);
  expect(found.checks[0]!.notes.join()).toMatch(
    /seal is dated 2020-01-01T00:00:00.000Z, and genesis 2\S+Z: the maker's own clock went back/,
  );
});

test('an audit that is stopped says so, as one of a run of our own trainer does', async () => {
  const stop = AbortSignal.abort();
  await expect(audited(make(), { signal: stop })).rejects.toMatchObject({
    code: 'interrupted',
    message: 'the audit was stopped',
  });
});

test('by default it trains the first, the last and drawn segments again, and says how likely a forgery would be seen', async () => {
  const found = await audited(make(), { mode: 'honest' });
  expect(found.verdict).toBe('holds');
  expect(found.extent).toBe('sampled');
  expect(found.detection.claimed).toBe(true);
  expect(found.detection.drawn).toBe(2);
  expect(witnessLines(found, { width: 100, style: (_, text) => text, name: 'toy' }).join('\n')).toMatch(
    /No trusted time/,
  );
});

test('without the training code nothing is trained again, and nothing is said to hold', async () => {
  const found = await audited(make());
  expect(found.verdict).toBe('incomplete');
  expect(checkOf(found, 'optimizer').verdict).toBe('holds');
  expect(claimOfWitness(found, 'en').headline).toMatch(/^nothing was trained again/);
  expect(claimOfWitness(found, 'en').limits.join(' ')).toContain('Origin not shown');
});

test('in another environment an honest run is consistent, and no more', async () => {
  const found = await audited(make({ office, every: 3 }), { mode: 'rounds', replay: 'all' });
  expect(faults(found)).toEqual([]);
  expect(found.verdict).toBe('consistent');
  expect(found.extent).toBe('none');
  expect(found.origin).toBe('consistent');
  expect(claimOfWitness(found, 'en').limits.join(' ')).toMatch(/could have been steered unseen by up to/);
  expect(found.detection.claimed).toBe(false);
});

/** Forgeries of one step that lies in a pair, and the check that finds them without another environment's bits. */
const forgeries: [string, Partial<ToyOptions>, WitnessCheckName][] = [
  ['a learning rate 1% higher', { change: () => ({ rate: 1.01 }) }, 'optimizer'],
  ['the batch of another step', { change: () => ({ batch: 3 }) }, 'gradient'],
  [
    'weights planted at a recorded state',
    {
      plant: (state) => ({
        ...state,
        weights: {
          ...state.weights,
          'layer.bias': state.weights['layer.bias']!.map((w, i) => (state.step === 1 && i === 2 ? w + 1e-5 : w)),
        },
      }),
    },
    'optimizer',
  ],
  [
    'moments of another step',
    {
      plant: (state) =>
        state.step === 1
          ? { ...state, second: { ...state.second, 'layer.weight': state.second['layer.weight']!.map((v) => 2 * v) } }
          : state,
    },
    'optimizer',
  ],
  ['a step left out', { plant: (state) => (state.step === 1 ? { ...begin(SEED), step: 1 } : state) }, 'optimizer'],
  ['S_0 from another seed', { otherSeed: 'chosen' }, 'origin'],
];

test.each(forgeries)('%s is refuted in another environment too', async (_, forgery, check) => {
  const run = make({ office, ...forgery });
  const found = await audited(run, { mode: 'rounds' });
  expect(found.verdict).toBe('refuted');
  expect(faults(found, check).some((text) => text.includes('refuted'))).toBe(true);
});

test.each([
  [3e-6, 'consistent'],
  [1e-5, 'refuted'],
] as const)('S_0 moved by %f of a number, in another environment: %s', async (by, verdict) => {
  const moved = (state: ToyState): ToyState => {
    const bias = state.weights['layer.bias']!.map((w, i) => (i === 1 ? w * (1 + by) : w));
    return { ...state, weights: { ...state.weights, 'layer.bias': bias } };
  };
  const run = make({ plantOrigin: moved, every: 3 });
  expect((await audited(run, { mode: 'rounds', replay: 'all' })).verdict).toBe(verdict);
});

test('weights that moved further than AdamW can move them are refuted wherever they were planted', async () => {
  const far = (state: ToyState): ToyState => {
    if (state.step !== 25) return state;
    const bias = state.weights['layer.bias']!.map((w, i) => (i === 3 ? w + 0.5 : w));
    return { ...state, weights: { ...state.weights, 'layer.bias': bias } };
  };
  const found = await audited(make({ every: 0, plant: far }));
  expect(faults(found, 'motion')).toEqual([
    'motion refuted 40: element 3: its weight cannot come from the state of step 20 by 20 steps of AdamW',
  ]);
});

test('a step between pairs is found by training again, to the bit or beside rounding', async () => {
  // Step 25 alone: the pairs around it are honest.
  const forged = make({ every: 0, change: (step) => (step === 25 ? { rate: 1.01 } : {}) });
  const here = await audited(forged, { mode: 'honest', replay: 'all' });
  expect(here.verdict).toBe('refuted');
  expect(faults(here, 'replay')[0]).toMatch(/replay refuted 26: .*while other segments are the same to the bit here/);
  const elsewhere = await audited(forged, { mode: 'rounds', replay: 'all' });
  expect(elsewhere.verdict).toBe('refuted');
  expect(faults(elsewhere, 'segments')[0]).toMatch(/^segments refuted 40: steps 21 to 40: the recorded weights lie/);
});

test('a gradient that is steered a little in every step is found by what its differences have in common', async () => {
  const steered = await audited(make({ steps: 120, every: 2, change: () => ({ steer: 1e-6 }) }), {
    mode: 'rounds',
  });
  expect(steered.coherence!.deviations).toBeGreaterThan(8);
  expect(faults(steered, 'gradient').join()).toMatch(/point one way/);
});

test('what an office answered cannot be changed, left out, or asked twice', async () => {
  const run = make({ office });
  const register = { text: run.registerText, where: 'register' };
  expect((await audited(run, { register, mode: 'honest' })).verdict).toBe('holds');
  const dropped = make({ office, dropsAnswer: (step) => step === 20 });
  const found = await audited(dropped, {
    register: { text: dropped.registerText, where: 'register' },
    mode: 'honest',
  });
  expect(faults(found, 'register')).toEqual([
    expect.stringMatching(/incomplete 20: the office answered the head of step 20/),
  ]);
  expect(checkOf(found, 'pairs').notes.join(' ')).toMatch(/1 of 4 pairs follow from the maker's own transcript/);
  const other = make({ office });
  expect(
    faults(await audited(run, { register: { text: other.registerText, where: 'register' } }), 'register').join(),
  ).toMatch(/is not in the register/);
});

test('a request that the office answered and the run hides is in the register', async () => {
  const run = make({ office, hidesRequest: true });
  const register = { text: run.registerText, where: 'register' };
  expect((await audited(run)).verdict).toBe('incomplete');
  expect(faults(await audited(run, { register }), 'register')).toEqual([
    expect.stringMatching(/incomplete: the office answered a request for this run \(entry 1 .*genesis names none/),
  ]);
});

test('without the state of step 0 another environment shows nothing of the first step, and the run is not consistent', async () => {
  const run = make({ every: 3 });
  const all = { mode: 'rounds-later', replay: 'all' } as const;
  expect((await audited(run, all)).verdict).toBe('consistent');
  rmSync(join(run.folder, 'states/step-000000'), { recursive: true });
  const elsewhere = await audited(run, all);
  expect([elsewhere.verdict, elsewhere.origin]).toEqual(['not-told', 'same']);
  expect((await audited(run, { mode: 'honest' })).verdict).toBe('holds');
});

test('a recipe.json that cannot be used leaves a verdict, whatever was trained again', async () => {
  const run = make();
  writeFileSync(join(run.folder, 'recipe.json'), '{}\n');
  const found = await audited(run, { mode: 'rounds' });
  expect(found.verdict).not.toBe('holds');
  expect(found.tolerance?.blind).toBe(found.gradients.length);
});

test('without a transcript, and with a register, an audit has a verdict', async () => {
  const run = make({ office });
  rmSync(join(run.folder, 'transcript.jsonl'));
  const found = await audited(run, { register: { text: run.registerText, where: 'register' } });
  expect(found.verdict).toBe('incomplete');
  expect(faults(found, 'register')).toEqual(['register incomplete: is not there']);
});

test('an optimizer that is not known is not checked, and only segments can show its run to be consistent', async () => {
  const recipe = { ...RECIPE, optimizer: { ...RECIPE.optimizer, class: 'Lion' } } as unknown as ToyOptions['recipe'];
  const found = await audited(make({ recipe }), { mode: 'rounds' });
  expect(found.checks.map(({ name }) => name)).not.toContain('optimizer');
  expect(found.notChecked).toEqual({
    optimizer: 'the optimizer is "Lion": only AdamW, Adam and PyTorch’s Muon are checked',
    gradient: expect.stringMatching(/keeps no first moments as Adam’s are/),
    motion: 'the optimizer is not AdamW',
    replay: expect.stringMatching(
      /^no segment is the same to the bit, of \d+ .*: segment 1: steps 1 to 1: the loss is recorded as/,
    ),
  });
  expect(found.verdict).toBe('not-told');
  const whole = await audited(make({ recipe, every: 3 }), { mode: 'rounds', replay: 'all' });
  expect(whole.verdict).toBe('consistent');
  expect(witnessLines(found, { width: 120, style: (_, text) => text, name: 'toy' }).join('\n')).toMatch(
    /– optimizer not run: the optimizer is "Lion"/,
  );
});

test('code that does something beside the optimizer that it names is not refuted elsewhere, and not told', async () => {
  // The toy decays weights as AdamW does; an Adam would have the decay in its gradient.
  const recipe = { ...RECIPE, optimizer: { ...RECIPE.optimizer, class: 'Adam' } } as unknown as ToyOptions['recipe'];
  const run = make({ recipe, every: 3 });
  const found = await audited(run, { mode: 'rounds', replay: 'all' });
  expect(found.verdict).toBe('not-told');
  for (const name of ['optimizer', 'motion', 'gradient'] as const)
    expect(found.notChecked[name]).toMatch(/^no paired step is one of Adam alone/);
  // Where segments do not lie within rounding either, it stays refuted.
  const lied = make({ recipe, every: 3, change: (step) => (step % 3 === 0 ? { batch: 3 } : {}) });
  expect((await audited(lied, { mode: 'rounds', replay: 'all' })).verdict).toBe('refuted');
});

test('an environment that Python wrote is read, and of version 1 too', () => {
  const path = new URL('../../../witness/tests/statements.json', import.meta.url);
  const told = JSON.parse(JSON.parse(readFileSync(path, 'utf8')).environment);
  const shape = MADE_FROM['environment.json'];
  expect(shape.parse(told)).toMatchObject({ formatVersion: 2, precision: { products: 'highest' } });
  const { precision: _, ...older } = told;
  expect(shape.parse({ ...older, formatVersion: 1 })).not.toHaveProperty('precision');
  for (const wrong of [{ ...older }, { ...told, formatVersion: 1 }, { ...told, precision: {} }])
    expect(shape.safeParse(wrong).success).toBe(false);
});

test('training code that is not the committed one is not run', async () => {
  const other = join(work, 'other.py');
  writeFileSync(other, 'import os\n');
  const found = await audited(make(), { replayer: { ...replayer('honest'), code: other } });
  expect(found.verdict).toBe('incomplete');
  expect(faults(found, 'replay')[0]).toMatch(
    /the training code "train.py" has the SHA-256 [0-9a-f]{64}, the run committed to/,
  );
});

test.each([
  ['dies', /ended with 3/],
  ['floods', /wrote more than it was asked for/],
  ['babbles', /answered what is not JSON: "Training\.\.\."/],
  ['lies', /gave 0 of 1 steps/],
  ['hangs', /gave no answer within 1 s/],
] as const)('a program that %s is named, and nothing is held against the run', async (mode, why) => {
  const found = await audited(make(), { replayer: replayer(mode, mode === 'hangs' ? 1 : 30) });
  expect(found.verdict).toBe('incomplete');
  expect(faults(found, 'replay').join()).toMatch(why);
  expect(faults(found).join()).not.toContain('refuted');
});

test('every byte of the evidence counts', async () => {
  const run = make({ office, steps: 6, every: 3 });
  const files = [
    'genesis.json',
    'seal.json',
    'recipe.json',
    'code.json',
    'lodging.json',
    'heads/step-000003.json',
    'transcript.jsonl',
    'states/step-000001/state.json',
    'states/step-000003/part-0000-of-0001.safetensors',
  ];
  for (const file of files) {
    const path = join(run.folder, file);
    const bytes = readFileSync(path);
    for (let i = 0; i < 12; i++) {
      const at = Math.floor(((i + 0.5) / 12) * bytes.length);
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (i % 7);
      writeFileSync(path, changed);
      const found = await audited(run);
      expect(
        found.checks
          .slice(0, 3)
          .some(({ verdict }) => verdict === 'refuted' || (verdict === 'incomplete' && faults(found).length > 0)),
      ).toBe(true);
    }
    writeFileSync(path, bytes);
  }
});

test('without an office that answered before the first step nobody can say whose run it is', async () => {
  const [lodged, plain, own] = [make({ office }), make(), make({ office: maker })];
  const headline = async (run: ToyRun, lang: 'en' | 'ko') =>
    claimOfWitness(await audited(run, { mode: 'honest' }), lang).headline;
  expect(await headline(lodged, 'en')).not.toMatch(/whose run/);
  for (const run of [plain, own]) {
    expect(await headline(run, 'en')).toMatch(/; whose run this is: not shown$/);
    expect(await headline(run, 'ko')).toMatch(/누구의 학습인지는 확인되지 않았습니다$/);
  }
});

test('a file that was cut off is incomplete, and not refuted', async () => {
  const run = make({ office, steps: 6, every: 3 });
  const files = readdirSync(run.folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(run.folder, name)).isFile(),
  );
  expect(files.length).toBeGreaterThan(15);
  for (const file of files) {
    const path = join(run.folder, file);
    const bytes = readFileSync(path);
    for (const length of [0, 5, bytes.length >> 1, bytes.length - 1]) {
      writeFileSync(path, bytes.subarray(0, length));
      const found = await audited(run);
      expect([file, length, found.verdict, faults(found).filter((text) => text.includes(' refuted'))]).toEqual([
        ...[file, length, 'incomplete', []],
      ]);
    }
    writeFileSync(path, bytes);
  }
  // A transcript that ends behind a whole record.
  const path = join(run.folder, 'transcript.jsonl');
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  writeFileSync(path, `${lines.slice(0, 4).join('\n')}\n`);
  const found = await audited(run);
  expect(faults(found, 'structure')).toEqual(['structure incomplete: ends after step 4 of 6']);
});
