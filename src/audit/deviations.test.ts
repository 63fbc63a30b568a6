// Trainings that deviate from the recipe for some steps, then continue honestly to the end. Every hash, link and signature is computed
// again: only the deviation itself is false.

import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StateTensor } from '../ledger/index.ts';
import { auditForgery, auditRun, commitmentOf, edit, editBytes, findingsOf, makeTwoRuns } from './testing/audit-run.ts';
import { forge } from './testing/forge.ts';
import { type Changes, checkpointOf, readState, writeState } from './testing/run.ts';
import type { Finding } from './types.ts';

const { bench, signer, run, other } = await makeTwoRuns();

const END = 25;
const state = (step: number): string => `${checkpointOf('', step)}/state.safetensors`;

/** The run's state at `step` with some tensors replaced. */
const mixed = (step: number, from: string, which: (name: string) => boolean): StateTensor[] => {
  const theirs = new Map(readState(from, step).map((tensor) => [tensor.name, tensor]));
  return readState(run, step).map((tensor) => (which(tensor.name) ? theirs.get(tensor.name)! : tensor));
};

/** Tensors of one of the two layers, and those outside; with JIKJI_TORTURE all. */
const oneOfEachKind = ({ name }: StateTensor): boolean =>
  process.env.JIKJI_TORTURE !== undefined || !name.startsWith('model.layers.0.');

/** A copy of the run with this state at step 12, trained honestly from there. */
function planted(tensors: StateTensor[]): string {
  const copy = bench.copy(run);
  writeState(copy, 12, tensors);
  forge(copy, signer, [{ from: 12, to: END, start: tensors }]);
  return copy;
}

describe('the first segment', () => {
  test('begun from another S_0 than the claimed one: replay of the first segment', async () => {
    const copy = bench.copy(run);
    forge(copy, signer, [{ from: 0, to: END, start: 99n }]);
    const found = await auditForgery(copy);
    expect(findingsOf(found, 'schedule')).toEqual([]);
    expect(findingsOf(found, 'origin')).toEqual([]);
    expect(findingsOf(found, 'replay')[0]).toMatchObject({ verdict: 'refuted', file: 'transcript.jsonl', step: 1 });
    expect(found.replayed[0]).toMatchObject({ from: 0, why: 'first', verdict: 'refuted' });
  });

  test('begun from another S_0, which genesis claims: origin as well', async () => {
    const copy = bench.copy(run);
    const { stateRoot } = commitmentOf(other);
    forge(copy, signer, [{ from: 0, to: END, start: 4711n }], { stateRoot });
    const found = await auditForgery(copy);
    expect(findingsOf(found, 'origin')).toMatchObject([{ verdict: 'refuted', file: 'genesis.json', step: 0 }]);
    expect(findingsOf(found, 'replay')[0]).toMatchObject({ step: 1 });
  });

  test('begun from a trained model: motion, which names its tensors, and replay', async () => {
    const copy = bench.copy(run);
    const trained = readState(other, END).map((tensor) =>
      tensor.name.startsWith('adamw.') ? { ...tensor, data: new Uint8Array(tensor.data.length) } : tensor,
    );
    forge(copy, signer, [{ from: 0, to: END, start: trained }]);
    const found = await auditForgery(copy);
    expect(findingsOf(found, 'motion')).toContainEqual(
      expect.objectContaining({ file: state(2), step: 2, tensor: 'model.layers.0.mlp.up_proj.weight' }),
    );
    expect(findingsOf(found, 'motion').every((finding) => finding.step === 2)).toBe(true);
    expect(findingsOf(found, 'replay')[0]).toMatchObject({ step: 1 });
  });
});

describe("another model's weights at a middle state, and training from there", () => {
  test('the whole model: without its moments, with them, and with its own training', async () => {
    for (const which of [(name: string) => !name.startsWith('adamw.'), () => true]) {
      const found = await auditForgery(planted(mixed(12, other, which)));
      expect(findingsOf(found, 'motion').every((finding) => finding.step === 12 && finding.file === state(12))).toBe(
        true,
      );
      const named = findingsOf(found, 'motion').map((finding) => finding.tensor);
      for (const part of ['self_attn.q_proj', 'self_attn.o_proj', 'mlp.up_proj', 'mlp.down_proj']) {
        expect(named).toContain(`model.layers.0.${part}.weight`);
      }
      expect(named).toContain('model.embed_tokens.weight');
    }
  });

  test('a single matrix, each in turn: motion names it', async () => {
    const matrices = readState(run, 12).filter(({ name, shape }) => shape.length === 2 && !name.startsWith('adamw.'));
    expect(matrices).toHaveLength(15);
    for (const { name } of matrices.filter(oneOfEachKind)) {
      const found = await auditForgery(planted(mixed(12, other, (tensor) => tensor === name)));
      expect(findingsOf(found, 'motion')).toMatchObject([
        { verdict: 'refuted', file: state(12), step: 12, tensor: name },
      ]);
    }
  });

  test('a single norm weight, each in turn: motion, or strange enough to be replayed', async () => {
    const norms = readState(run, 12).filter(({ name, shape }) => shape.length === 1 && !name.startsWith('adamw.'));
    expect(norms).toHaveLength(5);
    for (const { name } of norms.filter(oneOfEachKind)) {
      const copy = planted(mixed(12, other, (tensor) => tensor === name));
      const found = await auditForgery(copy, { replay: 'all' });
      expect(findingsOf(found, 'replay')).toMatchObject([{ file: state(12), step: 12, tensor: name }]);
      expect(findingsOf(found, 'motion')).toMatchObject([{ file: state(12), step: 12, tensor: name }]);
    }
  });

  test('with steps so large that the bound says nothing: the strangest segment is replayed', async () => {
    const changes = { train: { steps: 40, checkpointEvery: 5, learningRate: 0.02 } };
    const [here, there] = [await bench.make(signer, changes), await bench.make(signer, { ...changes, seed: 4711 })];
    for (const which of [
      (name: string) => !name.includes('norm'),
      (name: string) => name === 'model.layers.1.mlp.down_proj.weight',
      (name: string) => name === 'model.embed_tokens.weight',
    ]) {
      const theirs = new Map(readState(there, 20).map((tensor) => [tensor.name, tensor]));
      const start = readState(here, 20).map((tensor) => {
        return which(tensor.name) && !tensor.name.startsWith('adamw.') ? theirs.get(tensor.name)! : tensor;
      });
      const copy = bench.copy(here);
      writeState(copy, 20, start);
      forge(copy, signer, [{ from: 20, to: 40, start }]);
      const found = await auditForgery(copy, { replay: 0 });
      const caught =
        findingsOf(found, 'motion').length > 0 ||
        found.replayed.some((s) => ['speed', 'heading', 'probe'].includes(s.why) && s.to === 20);
      expect(caught).toBe(true);
    }
  });
});

describe('forged moments at a middle state, and training from there', () => {
  const FIRST = 'adamw.exp_avg.model.layers.1.self_attn.v_proj.weight';
  const SECOND = 'adamw.exp_avg_sq.model.layers.1.self_attn.v_proj.weight';
  const changed = (name: string, change: (values: Float32Array) => void): StateTensor[] => {
    const tensors = readState(run, 12);
    change(new Float32Array(tensors.find((tensor) => tensor.name === name)!.data.buffer));
    return tensors;
  };
  test.each<[string, () => StateTensor[], string | undefined]>([
    ['a first moment made large', () => changed(FIRST, (m) => m.fill(0.1, 3, 4)), FIRST],
    [
      'first moments with another sign, enlarged',
      () =>
        changed(FIRST, (m) =>
          m.forEach((x, i) => {
            m[i] = -20 * x;
          }),
        ),
      FIRST,
    ],
    ['a reduced second moment, so that the next steps are large', () => changed(SECOND, (v) => v.fill(1e-12)), SECOND],
    ['a second moment below 0', () => changed(SECOND, (v) => v.fill(-1e-10, 5, 6)), SECOND],
    [
      'enlarged second moments, so that the next steps are small',
      () =>
        changed(SECOND, (v) =>
          v.forEach((x, i) => {
            v[i] = 4 * x;
          }),
        ),
      undefined,
    ],
    [
      'moments of another model',
      () => mixed(12, other, (name) => name.startsWith('adamw.')),
      'adamw.exp_avg_sq.model.embed_tokens.weight',
    ],
  ])('%s: motion', async (_, tensors, tensor) => {
    const found = await auditForgery(planted(tensors()));
    const findings = findingsOf(found, 'motion').filter((finding) => finding.step === 12);
    expect(findings[0]).toMatchObject({ verdict: 'refuted', file: state(12) });
    if (tensor) expect(findings.map((finding) => finding.tensor)).toContain(tensor);
    else expect(findings.map((finding) => finding.text).join()).toContain('all second moments add up to');
  });

  test('within the slack of motion: replay finds it with the stated chance', async () => {
    const found = await auditForgery(
      planted(
        changed(FIRST, (m) => {
          m[7] = m[7]! * (1 + 2 ** -20);
        }),
      ),
      { replay: 'all' },
    );
    expect(findingsOf(found, 'motion')).toEqual([]);
    expect(findingsOf(found, 'replay')).toMatchObject([{ file: state(12), step: 12, tensor: FIRST }]);
  });
});

describe('steps 13 and 14 deviate, the others are honest', () => {
  const deviations: [string, Partial<Parameters<typeof forge>[2][number]>][] = [
    ['with another learning rate', { train: { learningRate: 0.0021 } }],
    ['on other data of the manifest', { batches: 4711n }],
    ['without clipping', { train: { gradClip: 0.01 } }],
    ['with other moments', { train: { beta2: 0.96 } }],
    ['with a smaller batch', { train: { batchSize: 2 } }],
  ];
  const forged = (deviation: Partial<Parameters<typeof forge>[2][number]>): string => {
    const copy = bench.copy(run);
    forge(copy, signer, [
      { from: 12, to: 14, ...deviation },
      { from: 14, to: END },
    ]);
    return copy;
  };

  test.each(deviations)(
    "%s, with records that claim the recipe's values: replay of that segment",
    async (_, deviation) => {
      const found = await auditForgery(forged(deviation), { replay: 'all' });
      expect(findingsOf(found, 'schedule')).toEqual([]);
      expect(findingsOf(found, 'origin')).toEqual([]);
      expect(found.replayed.filter((s) => s.verdict === 'refuted').map(({ from, to }) => [from, to])).toEqual([
        [12, 14],
      ]);
      expect(findingsOf(found, 'replay')[0]!.step).toBeOneOf([13, 14]);
    },
  );

  test('with invented losses that hide it: replay names the state and a tensor', async () => {
    const found = await auditForgery(forged({ train: { learningRate: 0.0021 }, keepsLosses: true }), { replay: 'all' });
    expect(findingsOf(found, 'replay')).toContainEqual(
      expect.objectContaining({ file: state(14), step: 14, tensor: expect.stringMatching(/^(adamw|model)\./) }),
    );
  });

  test.each(deviations.slice(0, 2))('%s, with true records: schedule', async (_, deviation) => {
    const found = await auditForgery(forged({ ...deviation, recordsSchedule: true }));
    expect(findingsOf(found, 'schedule')).toMatchObject([
      { verdict: 'refuted', file: 'transcript.jsonl', step: 13 },
      { verdict: 'refuted', file: 'transcript.jsonl', step: 14 },
    ]);
  });

  test('with a learning rate so large that motion finds it', async () => {
    const found = await auditForgery(forged({ train: { learningRate: 0.2 } }));
    expect(findingsOf(found, 'motion')[0]).toMatchObject({ verdict: 'refuted', file: state(14), step: 14 });
    expect(findingsOf(found, 'motion')[0]!.tensor).toBeDefined();
  });
});

test('token files of another text, with matching manifest, root and records: origin', async () => {
  const copy = bench.copy(run);
  editBytes(join(copy, 'corpus/source-00.train.bin'), (bytes) => {
    const ids: number[] = Array.from({ length: 400 }, (_, i) => bytes.readUInt16LE(2 * i)).reverse();
    for (const [i, id] of ids.entries()) bytes.writeUInt16LE(id, 2 * i);
  });
  forge(copy, signer, [{ from: 0, to: END, recordsSchedule: true }]);
  const found = await auditForgery(copy, { challenge: '11'.repeat(32) });
  expect(findingsOf(found, 'schedule')).toEqual([]);
  expect(findingsOf(found, 'replay')).toEqual([]);
  expect(findingsOf(found, 'origin')[0]).toMatchObject({ verdict: 'refuted', file: 'corpus/source-00.train.bin' });
});

test('steps larger than this release accepts: they are not held in memory, and the audit is incomplete', async () => {
  const copy = bench.forged(run, (at) =>
    edit(at('recipe.yaml'), (text) =>
      text
        .replace(/batchSize: 4/, 'batchSize: 1000000')
        .replace(/sequenceLength: 16/, 'sequenceLength: 64')
        .replace(/maxPositionEmbeddings: \d+/, 'maxPositionEmbeddings: 64'),
    ),
  );
  const found = await auditRun(copy);
  expect(found.verdict).not.toBe('holds');
  for (const name of ['schedule', 'replay'] as const) {
    expect(findingsOf(found, name)).toContainEqual(
      expect.objectContaining({ verdict: 'incomplete', text: expect.stringContaining('at most 33554432 tokens') }),
    );
  }
});

describe('the exported model, sealed again by the maker', () => {
  const sealed = (change: (path: (name: string) => string) => void): string =>
    bench.resealed(run, (at) => change((name) => at(`model/${name}`)));
  const structure = async (copy: string): Promise<Finding[]> => {
    const found = await auditRun(copy);
    expect(found.verdict).toBe('refuted');
    return findingsOf(found, 'structure');
  };

  test('one bit of one weight', async () => {
    const copy = sealed((path) =>
      editBytes(path('model.safetensors'), (bytes) => {
        bytes[bytes.length - 1]! ^= 1;
      }),
    );
    expect(await structure(copy)).toMatchObject([
      { file: 'model/model.safetensors', step: END, tensor: 'model.norm.weight' },
    ]);
  });

  test('weights of another model, or of an earlier state', async () => {
    const copy = sealed((path) => cpSync(join(other, 'model/model.safetensors'), path('model.safetensors')));
    expect(await structure(copy)).toMatchObject([{ file: 'model/model.safetensors', step: END }]);
  });

  test.each([
    ['config.json', (text: string) => text.replace(/"rms_norm_eps": [^,]+/, '"rms_norm_eps": 0.5')],
    ['tokenizer.json', (text: string) => `${text} `],
  ])('another %s', async (name, change) => {
    const copy = sealed((path) => edit(path(name), change));
    expect((await structure(copy)).map((finding) => finding.file)).toEqual([`model/${name}`]);
  });

  test.each(['adapter_config.json', 'modeling.py', 'pytorch_model.bin', 'tokenizer_config.json'])(
    'an additional file that a loader would take for a part of the model: %s',
    async (name) => {
      const copy = sealed((path) => writeFileSync(path(name), '{}'));
      expect(await structure(copy)).toMatchObject([
        { file: 'seal.json', text: expect.stringContaining(`model/${name}`) },
      ]);
    },
  );

  test('another last state than that of the transcript', async () => {
    const records: Changes['records'] = (all) => Object.assign(all.at(-1)!, { stateRoot: '00'.repeat(32) });
    const copy = bench.forged(run, () => {}, { records });
    expect(await structure(copy)).toMatchObject([{ file: state(END), step: END }]);
  });
});
