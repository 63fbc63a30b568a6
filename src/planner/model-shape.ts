// The shape of a model: every matrix and what is computed between them, layer by layer, and the sums over them. Knows no weights, no chip
// and no layout; shape-reader.ts makes it from a config.json.

/** A weight matrix [outputs, inputs]. */
export interface Matrix {
  name: string;
  inputs: number;
  outputs: number;
  /** How tensor parallelism divides it: by outputs, by inputs, not at all, or as one of `copies` experts. */
  division: 'outputs' | 'inputs' | 'none' | 'expert';
  /** Experts of this size; 1 otherwise. */
  copies: number;
  /** Uses per token: the experts that a token is sent to; 1 otherwise. */
  uses: number;
  hasBias: boolean;
}

/** What a layer computes between positions. */
export type Mixing =
  | {
      kind: 'softmax';
      heads: number;
      /** Elements per head of queries and keys, and of values. */
      keySize: number;
      valueSize: number;
      /** Positions that a query sees at most; null: all before it. */
      window: number | null;
      /** Elements per position in the cache of a server. */
      cached: number;
      /**
       * Elements per position that training keeps: queries, keys and values of all their heads, what attention gives out, and what norms and
       * gates inside it take in.
       */
      kept: number;
    }
  | {
      /** Linear attention and state-space layers: the cost per token does not grow with the sequence. */
      kind: 'recurrent';
      /** Forward floating-point operations per token. */
      operations: number;
      /** Elements of state per sequence. */
      state: number;
      /** Elements per token that enter and leave it. */
      width: number;
    };

export interface Layer {
  matrices: Matrix[];
  /** Parameters of norms, convolutions and gates. */
  vectors: number;
  mixing: Mixing | null;
  /** Norms of the stream's width. */
  norms: number;
  /** Elements per token before and behind the activation function, over all experts that a token uses. */
  activation: { before: number; behind: number };
  experts: { count: number; active: number; width: number } | null;
}

export interface ModelShape {
  name: string;
  hiddenSize: number;
  vocabSize: number;
  isTied: boolean;
  /** Learnt position embeddings; 0 where positions are rotated. */
  positions: number;
  /** In order; equal layers are one object. */
  layers: Layer[];
  /** Layers that predict further tokens, each with a pass of the output head. */
  predictors: Layer[];
}

/** A block behind another: a layer has one mixing and one set of experts at most. */
export function joinBlocks(a: Layer, b: Layer): Layer {
  return {
    matrices: [...a.matrices, ...b.matrices],
    vectors: a.vectors + b.vectors,
    mixing: a.mixing ?? b.mixing,
    norms: a.norms + b.norms,
    activation: {
      before: a.activation.before + b.activation.before,
      behind: a.activation.behind + b.activation.behind,
    },
    experts: a.experts ?? b.experts,
  };
}

/** Parameters of a matrix, biases included; `active`: of those that one token uses. */
export function matrixParameters({ inputs, outputs, copies, uses, hasBias }: Matrix, active = false): number {
  return (active ? uses : copies) * (inputs * outputs + (hasBias ? outputs : 0));
}

function layerParameters(layer: Layer, active: boolean): number {
  return layer.vectors + layer.matrices.reduce((sum, matrix) => sum + matrixParameters(matrix, active), 0);
}

/** Parameters of the model without layers that predict further tokens, as published figures count them; `active`: that one token uses. */
export function parameterCount(shape: ModelShape, active = false): number {
  const { hiddenSize, vocabSize, isTied, positions, layers } = shape;
  const embeddings = vocabSize * hiddenSize * (isTied ? 1 : 2) + positions * hiddenSize;
  return embeddings + hiddenSize + layers.reduce((sum, layer) => sum + layerParameters(layer, active), 0);
}

/** Mean number of positions that a query sees in a sequence of `length` under a causal mask. */
function meanPositions(length: number, window: number | null): number {
  if (window === null || window >= length) return (length + 1) / 2;
  return ((window * (window + 1)) / 2 + (length - window) * window) / length;
}

/** Forward floating-point operations of a layer's mixing per token, in sequences of `length`; a multiply-add counts two. */
export function mixingOperations(mixing: Mixing, length: number): number {
  if (mixing.kind === 'recurrent') return mixing.operations;
  return 2 * mixing.heads * (mixing.keySize + mixing.valueSize) * meanPositions(length, mixing.window);
}

/** Floating-point operations of one training step per token: forward, and twice that backward. */
export function trainingOperations(shape: ModelShape, length: number): number {
  const { hiddenSize, vocabSize, layers, predictors } = shape;
  const ofLayer = (layer: Layer) =>
    2 * layer.matrices.reduce((sum, { uses, inputs, outputs }) => sum + uses * inputs * outputs, 0) +
    (layer.mixing ? mixingOperations(layer.mixing, length) : 0);
  const all = [...layers, ...predictors].reduce((sum, layer) => sum + ofLayer(layer), 0);
  return 3 * (all + 2 * hiddenSize * vocabSize * (1 + predictors.length));
}
