// A forger for tests who knows the rules of version 2: he plants weights inside segments so that speed, heading and probes look honest,
// trains on from there honestly, and computes every hash and signature again. Only training a forged segment again reveals him.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelOf, parseRecipe } from '../../foundry/index.ts';
import { openTokens, Tokenizer } from '../../foundry/tokenizer/index.ts';
import { Batches, learningRateAt, momentNames, Trainer } from '../../foundry/train/index.ts';
import { bits32, bits64, readStatement, type Signer, type StateTensor } from '../../ledger/index.ts';
import { bound } from '../motion/index.ts';
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
   * If true, a planted tensor has the speed and heading of the honest one. Otherwise each weight moves by 97% of its bound, straight in
   * the forger's direction.
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
        const limits = [true, false].map((decays) => bound(recipe.train, from, rates, decays));
        const state = new Map(trainer.state().map((tensor) => [tensor.name, floats(tensor)]));
        for (const tensor of trainer.weights()) {
          const [w0, w1] = [before.get(tensor.name)!, floats(tensor)];
          const moved = careful
            ? sameSpeedAndHeading(w0, w1, heading(state, tensor.name), random)
            : Float64Array.from(w0, () => random());
          const limit = limits[tensor.shape.length > 1 ? 0 : 1]!;
          for (let i = 0; i < w1.length; i++) {
            const maxMove = 0.97 * (limit.alpha + limit.beta * Math.abs(w0[i]!));
            w1[i] =
              w0[i]! + Math.max(-maxMove, Math.min(maxMove, careful ? moved[i]! : Math.sign(moved[i]!) * maxMove));
          }
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

/** The optimizer's last direction, as the audit measures it. */
function heading(state: ReadonlyMap<string, Float32Array>, name: string): Float64Array {
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
