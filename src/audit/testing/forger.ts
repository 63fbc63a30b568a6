// A forger for tests who knows the rules of version 2: he plants weights inside segments so that speed, heading and probes look honest,
// trains on from there honestly, and computes every hash and signature again. Only training a forged segment again reveals him.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelOf, parseRecipe } from '../../foundry/index.ts';
import { type Parameter, parameters } from '../../foundry/model/index.ts';
import { openTokens, Tokenizer } from '../../foundry/tokenizer/index.ts';
import {
  Batches,
  learningRateAt,
  momentNames,
  optimizerOf,
  type TrainConfig,
  Trainer,
} from '../../foundry/train/index.ts';
import { bits32, bits64, readStatement, type Signer, type StateTensor } from '../../ledger/index.ts';
import { bound } from '../motion/index.ts';
import { spectralNormFromBelow } from '../motion/matrix.ts';
import { matrixLimits } from '../motion/muon.ts';
import { segmentsOf } from '../segments.ts';
import { redoEvidence, writeState } from './run.ts';

/** Numbers from a normal distribution, the same for the same seed. */
export function normals(seed: number): () => number {
  let state = (seed * 2654435761 + 1) >>> 0;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

const floats = ({ data }: StateTensor): Float32Array =>
  new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);

export interface Plant {
  /** Indices of the segments that are forged, from 0. */
  segments: ReadonlySet<number>;
  /** Decides the direction of the planted movement. */
  seed: number;
  /**
   * If true, a planted tensor has the speed and heading of the honest one. Otherwise each weight, or matrix, moves by 97% of its bound,
   * straight in the forger's direction.
   */
  careful: boolean;
}

/** Forges a copy of a run in place. */
export function plant(run: string, signer: Signer, { segments: forged, seed, careful }: Plant): void {
  const recipe = parseRecipe(readFileSync(join(run, 'recipe.yaml'), 'utf8'), { file: 'recipe.yaml' });
  const { commitment } = readStatement(join(run, 'genesis.json'), 'genesis').predicate;
  const vocabulary = Tokenizer.load(join(run, 'tokenizer/tokenizer.json')).vocabSize;
  const tokens = JSON.parse(readFileSync(join(run, 'corpus/tokens.json'), 'utf8'));
  const sources = recipe.corpus.sources.map(({ weight }, i) => ({
    tokens: openTokens(join(run, 'corpus', tokens.sources[i].train.file), tokens.width, { vocabSize: vocabulary }),
    weight,
  }));
  const random = normals(seed);
  const records = new Map<number, { [name: string]: string }>();
  const trainer = new Trainer(modelOf(recipe, vocabulary), recipe.train, { threads: 1 });
  try {
    const batches = new Batches(sources, BigInt(`0x${commitment.seed}`), recipe.train.sequenceLength);
    trainer.initialise(BigInt(`0x${commitment.seed}`));
    for (const { index, from, to } of segmentsOf(commitment.kept)) {
      const before = new Map(trainer.weights().map((tensor) => [tensor.name, Float32Array.from(floats(tensor))]));
      while (trainer.step < to) {
        const { step, loss, gradNorm, learningRate, batch } = trainer.next(batches);
        records.set(step, {
          loss: bits64(loss),
          gradNorm: bits64(gradNorm),
          learningRate: bits32(learningRate),
          batch,
        });
      }
      if (forged.has(index)) {
        const rates = Array.from({ length: to - from }, (_, i) => learningRateAt(recipe.train, from + 1 + i));
        const state = new Map(trainer.state().map((tensor) => [tensor.name, floats(tensor)]));
        const parameterOf = new Map(parameters(trainer.config).map((parameter) => [parameter.name, parameter]));
        for (const { name } of trainer.weights()) {
          const tensor = { parameter: parameterOf.get(name)!, w0: before.get(name)!, w1: state.get(name)! };
          const wanted = careful
            ? sameSpeedAndHeading(tensor.w0, tensor.w1, heading(state, name), random)
            : Float64Array.from(tensor.w0, () => random());
          const train = recipe.train;
          const moved = optimizerOf(train, tensor.parameter) === 'muon' ? withinMatrixLimits : withinBounds;
          moved(tensor, wanted, { train, from, rates, careful });
        }
      }
      writeState(run, to, trainer.state());
    }
  } finally {
    trainer.close();
    for (const source of sources) source.tokens.close();
  }
  redoEvidence(run, signer, {
    records: (list) => {
      for (const record of list) Object.assign(record, records.get(record.step));
    },
  });
}

interface Planted {
  parameter: Parameter;
  /** At the segment's start, and now: overwritten by the planted weights. */
  w0: Float32Array;
  w1: Float32Array;
}

interface Steps {
  train: TrainConfig;
  from: number;
  rates: number[];
  careful: boolean;
}

/** Plants a movement of a tensor that AdamW updates: no element breaks 97% of its bound. Careless: each reaches it. */
function withinBounds(
  { parameter, w0, w1 }: Planted,
  wanted: Float64Array,
  { train, from, rates, careful }: Steps,
): void {
  const limit = bound(train, from, rates, parameter.std !== undefined);
  for (let i = 0; i < w1.length; i++) {
    const maxMove = 0.97 * (limit.alpha + limit.beta * Math.abs(w0[i]!));
    const moved = careful ? wanted[i]! : Math.sign(wanted[i]!) * maxMove;
    w1[i] = w0[i]! + Math.max(-maxMove, Math.min(maxMove, moved));
  }
}

/** Plants a movement of a matrix that Muon updates, of at most 97% of both limits; a spectral norm is at most 1.3 times what is found. Careless: it reaches one. */
function withinMatrixLimits(
  { parameter, w0, w1 }: Planted,
  wanted: Float64Array,
  { train, rates, careful }: Steps,
): void {
  const { shape } = parameter;
  const limits = matrixLimits(train, shape, rates, Math.sqrt(dot(w0, w0)));
  const push = Float32Array.from(wanted, (moved, i) => moved + (careful ? (1 - limits.kept) * w0[i]! : 0));
  const most = Math.min(
    limits.frobenius / Math.sqrt(dot(push, push)),
    limits.spectral / (1.3 * spectralNormFromBelow(push, shape[1]!)),
  );
  const factor = 0.97 * most;
  for (let i = 0; i < w1.length; i++) {
    w1[i] = limits.kept * w0[i]! + (careful ? Math.min(1, factor) : factor) * push[i]!;
  }
}

/** The optimizer's last direction, as the audit measures it. */
function heading(state: ReadonlyMap<string, Float32Array>, name: string): Float64Array {
  const momentum = state.get(momentNames.momentum + name);
  if (momentum) return Float64Array.from(momentum);
  const [m, v] = [state.get(momentNames.first + name)!, state.get(momentNames.second + name)!];
  return Float64Array.from(m, (one, i) => (v[i]! > 0 ? one / Math.sqrt(v[i]!) : 0));
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/** A movement with the honest one's length and cosine with `along`; the component across `along` has a random direction. */
function sameSpeedAndHeading(
  w0: Float32Array,
  w1: Float32Array,
  along: Float64Array,
  random: () => number,
): Float64Array {
  const honest = Float64Array.from(w0, (w, i) => w1[i]! - w);
  const length = Math.sqrt(dot(along, along));
  const unit = along.map((x) => (length > 0 ? x / length : 0));
  const a = dot(honest, unit);
  const rest = Math.sqrt(Math.max(0, dot(honest, honest) - a * a));
  const wanted = Float64Array.from(w0, () => random());
  const b = dot(wanted, unit);
  const across = wanted.map((x, i) => x - b * unit[i]!);
  const size = Math.sqrt(dot(across, across));
  return across.map((x, i) => a * unit[i]! + (size > 0 ? (rest * x) / size : 0));
}
