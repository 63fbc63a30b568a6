// The weights of a model in an engine, and tensors of their shapes.

import { type Engine, elementsOf, Q8, type Tensor, type Weight } from '../../engine/index.ts';
import type { ModelConfig } from './config.ts';
import { EMBEDDING, HEAD, type Parameter, parameters } from './parameters.ts';

/** By parameter name, in the order of names. */
export type Weights = ReadonlyMap<string, Weight>;
export type Gradients = ReadonlyMap<string, Tensor>;

/** The values of a model's weights, by name. */
export interface StoredWeights {
  /** Fills `values` with a whole weight. */
  read(name: string, values: Float32Array): void;
  /** Matrices that are stored as signed bytes with scales, and stay so: products with them are those of arithmetic 2. */
  q8?:
    | {
        names: ReadonlySet<string>;
        /** Fills `blocks` with whole rows from row `first` on, as `Q8` blocks with finite scales. */
        read(name: string, first: number, blocks: Uint8Array): void;
      }
    | undefined;
}

const NONE: ReadonlySet<string> = new Set();
const q8NamesOf = ({ q8 }: Pick<StoredWeights, 'q8'>): ReadonlySet<string> => q8?.names ?? NONE;

/** What a weight is used for. */
function usesOf({ name, shape }: Parameter, config: ModelConfig): { lookedUp: boolean; multiplied: boolean } {
  const lookedUp = name === EMBEDDING;
  return { lookedUp, multiplied: shape.length === 2 && (!lookedUp || config.tieWordEmbeddings) };
}

interface WeightsToDeclare extends Pick<StoredWeights, 'q8'> {
  /** Those that are trained are of binary32. */
  trained: boolean;
  /** By default all. */
  has?(name: string): boolean;
}

/** Declares weights of a model. */
export function declareWeights(
  e: Engine,
  config: ModelConfig,
  { trained, q8, has = () => true }: WeightsToDeclare,
): Weights {
  const bytes = q8NamesOf({ q8 });
  const wanted = parameters(config).filter(({ name }) => has(name));
  return new Map(
    wanted.map((parameter) => {
      const { name, shape } = parameter;
      return [name, e.weight(shape, { ...usesOf(parameter, config), trained, q8: bytes.has(name) })];
    }),
  );
}

/** Reads all weights of a model that is not trained. */
export function loadWeights(e: Engine, weights: Weights, stored: StoredWeights): void {
  for (const [name, weight] of weights) {
    if (q8NamesOf(stored).has(name)) e.loadBlocks(weight, (first, blocks) => stored.q8!.read(name, first, blocks));
    else e.load(weight, (values) => stored.read(name, values));
  }
}

/** About how many bytes the weights of a model that is not trained take in an engine. */
export function weightBytes(config: ModelConfig, stored: Pick<StoredWeights, 'q8'>): number {
  const q8 = q8NamesOf(stored);
  return parameters(config).reduce((sum, parameter) => {
    const count = elementsOf(parameter.shape);
    if (q8.has(parameter.name)) return sum + (count / Q8.block) * Q8.bytes;
    const { lookedUp, multiplied } = usesOf(parameter, config);
    return sum + 4 * count * (lookedUp && multiplied ? 2 : 1);
  }, 0);
}

/** Declares a tensor for each parameter: gradients, moments. */
export const declareTensors = (e: Engine, list: readonly Parameter[]): Gradients =>
  new Map(list.map((p) => [p.name, e.tensor(p.shape)]));

/** The tensor of a known name. Throws an Error where it is missing. */
export function get<T>(tensors: ReadonlyMap<string, T>, name: string): T {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`no tensor ${name}`);
  return tensor;
}

/** The weight of the head: the embedding where they are tied. */
export const headOf = (config: ModelConfig, weights: Weights): Weight =>
  get(weights, config.tieWordEmbeddings ? EMBEDDING : HEAD);
