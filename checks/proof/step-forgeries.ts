// Forgeries of the steps: schedule, states, losses and segments, with everything made again.

import { forge } from '../../src/audit/testing/forge.ts';
import { plant } from '../../src/audit/testing/forger.ts';
import { changeTensor, readState, redoEvidence, writeState } from '../../src/audit/testing/run.ts';
import { bits32, bits64 } from '../../src/ledger/index.ts';
import { type Deed, deeds, redo, redoAfter } from './forgery.ts';

const LAST = 8;
const UP = 'model.layers.1.mlp.up_proj.weight';
const V_BIAS = 'model.layers.1.self_attn.v_proj.bias';
const K_NORM = 'model.layers.0.self_attn.k_norm.weight';
const UP_MOMENTUM = `muon.momentum_buffer.${UP}`;

const real = (bits: unknown) => Buffer.from(String(bits), 'hex').readDoubleBE();

const swapBatches = (records: { [key: string]: unknown }[]) => {
  [records[4]!.batch, records[5]!.batch] = [records[5]!.batch, records[4]!.batch];
};

export const STEP_DEEDS: readonly Deed[] = [
  // The schedule.
  ...deeds(
    {},
    {
      'another learning rate': redo({
        records: (records) => {
          records[6]!.learningRate = bits32(0.0021);
        },
      }),
      'two batches exchanged': redo({ records: swapBatches }),
    },
  ),
  // States.
  ...deeds(
    {},
    {
      'a matrix of another run in the middle': redoAfter(({ run, other }) => {
        const { data } = readState(other, 4).find((tensor) => tensor.name === UP)!;
        changeTensor(run, 4, UP, (values) => values.set(new Float32Array(data.buffer)));
      }),
      'moments of zero': redoAfter(({ run }) => {
        const tensors = readState(run, 6);
        for (const { name, data } of tensors) if (name.startsWith('adamw.')) data.fill(0);
        writeState(run, 6, tensors);
      }),
      'the last bit of one final weight': redoAfter(({ run }) => {
        changeTensor(run, LAST, UP, (values) => {
          new Uint32Array(values.buffer)[7]! ^= 1;
        });
      }),
    },
  ),
  // Changes that only replay finds.
  ...deeds(
    {},
    {
      'a loss, by one part in 10^15': redo({
        records: (records) => {
          records[4]!.loss = bits64(real(records[4]!.loss) * (1 + 2 ** -50));
        },
      }),
      'the last segment on other batches': ({ run, signer }) =>
        forge(run, signer, [{ from: 6, to: LAST, batches: 99n }]),
      'the last segment on other batches, recorded as they were': ({ run, signer }) =>
        forge(run, signer, [{ from: 6, to: LAST, batches: 99n, recordsSchedule: true }]),
      'the last segment without weight decay': ({ run, signer }) =>
        forge(run, signer, [{ from: 6, to: LAST, train: { weightDecay: 0 } }]),
      'a segment without weight decay, its losses as they were, an honest one after it': ({ run, signer }) =>
        forge(run, signer, [
          { from: 2, to: 4, train: { weightDecay: 0 }, keepsLosses: true },
          { from: 4, to: LAST, keepsLosses: true },
        ]),
      'weights planted in the middle, to the end of the bound': ({ run, signer }) =>
        plant(run, signer, { segments: new Set([1]), seed: 1, careful: false }),
      "another run's model at the end": redoAfter(({ run, other }) => {
        writeState(run, LAST, readState(other, LAST));
      }),
    },
  ),
  ...deeds(
    { check: 'replay' },
    {
      'weights planted in the middle, with honest speed and heading': ({ run, signer }) =>
        plant(run, signer, { segments: new Set([1]), seed: 1, careful: true }),
      'weights planted at the end of the run': ({ run, signer }) =>
        plant(run, signer, { segments: new Set([3]), seed: 3, careful: true }),
      'a loss inside a segment, which no probe sees': redo({
        records: (records) => {
          records[5]!.loss = bits64(real(records[5]!.loss) + 0.5);
        },
      }),
    },
  ),
  {
    name: 'the loss of the next step of a kept state, in a segment that is not trained again',
    verdict: 'refuted',
    check: 'probe',
    segment: 1,
    do: ({ run, signer }) =>
      redoEvidence(run, signer, {
        records: (records) => {
          records[4]!.loss = bits64(real(records[4]!.loss) + 0.5);
        },
      }),
  },
  ...[
    { what: 'a bias', recipe: 'qwen2' as const, tensor: V_BIAS },
    { what: 'a norm of heads', recipe: 'qwen3' as const, tensor: K_NORM },
    { what: "Muon's momentum", recipe: 'muon' as const, tensor: UP_MOMENTUM },
  ].map(
    ({ what, recipe, tensor }): Deed => ({
      name: `${what}, altered in its last bit in a kept state`,
      verdict: 'refuted',
      check: 'replay',
      recipe,
      do: ({ run, signer }) => {
        changeTensor(run, 4, tensor, (values) => {
          new Uint32Array(values.buffer)[3]! ^= 1;
        });
        redoEvidence(run, signer);
      },
    }),
  ),
  ...(
    [
      ['moved further than its Frobenius norm may', UP, (w, i) => w + (i % 2 === 0 ? 0.01 : -0.01)],
      ['moved along one direction', UP, (w) => w + 0.003],
      ['with an infinite element', UP, (w, i) => (i === 3 ? Number.POSITIVE_INFINITY : w)],
      ['with too much momentum', UP_MOMENTUM, (m, i) => m + (i % 2 === 0 ? 0.2 : -0.2)],
      ['with momentum that is no number', UP_MOMENTUM, (m, i) => (i === 3 ? Number.NaN : m)],
    ] as [string, string, (value: number, i: number) => number][]
  ).map(
    ([what, tensor, change]): Deed => ({
      name: `a matrix of Muon ${what}`,
      verdict: 'refuted',
      check: 'motion',
      recipe: 'muon',
      do: ({ run, signer }) => {
        changeTensor(run, 4, tensor, (values) =>
          values.forEach((value, i) => {
            values[i] = change(value, i);
          }),
        );
        redoEvidence(run, signer);
      },
    }),
  ),
  ...deeds(
    { recipe: 'muon' },
    {
      'the last segment by Muon with another momentum': ({ run, signer }) =>
        forge(run, signer, [{ from: 6, to: LAST, train: { momentum: 0.9 } }]),
      'the last segment by Muon without weight decay': ({ run, signer }) =>
        forge(run, signer, [{ from: 6, to: LAST, train: { weightDecay: 0 } }]),
    },
  ),
];
