// A line of bench/law.jsonl: one training on one text.

export interface LawRun {
  text: string;
  /** The npm package that the text is from. */
  from: string;
  /** The budget in TFLOP. */
  budget: number;
  seed: number;
  difficulty: number;
  /** Bytes and tokens of the training text. */
  bytes: number;
  corpusTokens: number;
  vocabSize: number;
  hiddenSize: number;
  layers: number;
  sequenceLength: number;
  batchSize: number;
  steps: number;
  parameters: number;
  /** Tokens trained on, and operations. */
  tokens: number;
  flops: number;
  bitsPerByte: number;
}
