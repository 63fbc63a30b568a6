// Names of the kernels' operations in the order of kernels/operations.ts.

const operations = [
  'pack',
  'product',
  'norm',
  'normBackward',
  'normWeight',
  'rope',
  'attention',
  'attentionBackward',
  'attendOne',
  'swiglu',
  'swigluBackward',
  'embedding',
  'embeddingBackward',
  'loss',
  'squares',
  'adamw',
  'add',
  'fill',
  'random',
  'peak',
] as const;

export type Operation = (typeof operations)[number];

const numbers = new Map<string, number>(operations.map((name, i) => [name, i]));

export const operationNumber = (name: Operation): number => numbers.get(name)!;

/** Tells the workers to leave. */
export const EXIT = 0xffffffff;
