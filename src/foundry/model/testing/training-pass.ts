// The forward pass of a training over a text alone: what all generation is held against. Its logits, which a training does not keep, are the
// products of the rows and the weight that it gives to its head.

import type { HeadLosses, Operations } from '../../../engine/engine.ts';
import { type Engine, openWebAssembly } from '../../../engine/index.ts';
import { type ModelConfig, parameters, type StoredWeights, Transformer } from '../index.ts';
import { loadWeights } from '../weights.ts';

export interface TrainingPass {
  /** [T, V]: a view, valid until the next call. */
  logits(tokens: ArrayLike<number>): Float32Array;
  /** Nats of each of `targets` [T] after tokens [T]. */
  nats(tokens: ArrayLike<number>, targets: ArrayLike<number>): Float64Array;
  close(): void;
}

/** Opens a training's model for texts of up to `length` tokens. Weights that are stored as bytes stay so: it cannot train them. */
export function openTraining(
  config: ModelConfig,
  length: number,
  stored: StoredWeights,
  open: typeof openWebAssembly = openWebAssembly,
): TrainingPass {
  const { engine, declared } = open(
    {
      declare: (e) => {
        const { watched, head } = watch(e, config, stored);
        const model = new Transformer(watched, config, { sequences: 1, length, groups: 1 });
        return { model, head, y: e.tensor([length, config.vocabSize]) };
      },
      exercise: ({ model }) => model.losses(batchOf(new Int32Array(length), new Int32Array(length))),
      description: 'a test',
      hint: 'take a smaller one',
    },
    { threads: 1 },
  );
  const { model, head, y } = declared;
  model.prepare();
  loadWeights(engine, model.weights, stored);
  return {
    logits: (tokens) => {
      model.losses(batchOf(tokens, tokens));
      const { x, weight } = head();
      const rows = y.rows(0, tokens.length);
      engine.linear({ x, layers: [{ weight, y: rows }] });
      return engine.floats(rows);
    },
    nats: (tokens, targets) => engine.doubles(model.losses(batchOf(tokens, targets))).slice(),
    close: () => engine.close(),
  };
}

const batchOf = (tokens: ArrayLike<number>, targets: ArrayLike<number>) => ({
  tokens: Int32Array.from(tokens),
  targets: Int32Array.from(targets),
  lengths: [tokens.length],
});

/** An engine that keeps what the head was given, and in which the matrices of bytes are such; they are declared in the order of parameters. */
function watch(e: Engine, config: ModelConfig, { q8 }: StoredWeights): { watched: Engine; head(): HeadLosses } {
  const names = parameters(config).map(({ name }) => name);
  let head: HeadLosses | undefined;
  const headLosses: Operations['headLosses'] = (of) => {
    head = of;
    e.headLosses(of);
  };
  const weight: Engine['weight'] = (shape, uses) =>
    e.weight(shape, q8?.names.has(names.shift()!) ? { ...uses, trained: false, q8: true } : uses);
  return { watched: { ...e, weight, headLosses }, head: () => head! };
}
