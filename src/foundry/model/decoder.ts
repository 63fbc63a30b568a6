// A model that only runs forward: pieces of many sequences at once, each after the positions of its sequence that lie in pages. How
// sequences are cut into pieces, and which pieces share a pass, changes no bit of the result (inside, it may change the sign of a zero).
// Who owns which page is the caller's. A model too large for one memory has its layers in several engines; that changes no bit either.

import {
  type Engine,
  type EngineOptions,
  MEMORY_LIMIT,
  measureProgram,
  type OpenEngine,
  openWebAssembly,
  type Program,
} from '../../engine/index.ts';
import type { ModelConfig } from './config.ts';
import type { DecoderHead, Target } from './decoder-head.ts';
import { type DecoderSize, DecoderStage, type StageOf } from './decoder-stage.ts';
import { parameterCount } from './parameters.ts';
import type { Piece } from './pieces.ts';
import type { StoredWeights } from './weights.ts';

export class Decoder {
  readonly config: ModelConfig;
  readonly size: DecoderSize;
  readonly #stages: readonly DecoderStage[];
  readonly #head: DecoderHead;

  constructor(config: ModelConfig, size: DecoderSize, stages: readonly DecoderStage[]) {
    this.config = config;
    this.size = size;
    this.#stages = stages;
    this.#head = stages.at(-1)!.head!;
  }

  /** The engine of the first layers. */
  get engine(): Engine {
    return this.#stages[0].engine;
  }

  /** Engines that its layers are spread over. */
  get engines(): number {
    return this.#stages.length;
  }

  /** Rows of logits at once. */
  get logitRows(): number {
    return this.#head.logitRows;
  }

  /** Runs pieces of together at most size.rows tokens; rows are numbered in the order of the pieces. */
  forward(pieces: readonly Piece[]): void {
    let x = new Float32Array();
    for (const stage of this.#stages) {
      stage.forward(pieces, x);
      x = stage.output as Float32Array<ArrayBuffer>;
    }
  }

  /** Copies the keys and values of all layers from one page to another. */
  copyPage(from: number, to: number): void {
    for (const stage of this.#stages) stage.copyPage(from, to);
  }

  /** Logits [rows, V] after rows of the last forward pass, at most logitRows: a view, valid until the next call. */
  logits(rows: readonly number[]): Float32Array {
    return this.#head.logits(rows);
  }

  /** `DecoderHead.exponentials` */
  exponentials(index: number, scale: number): { values: Float32Array; sum: number } {
    return this.#head.exponentials(index, scale);
  }

  /** `DecoderHead.losses` */
  losses(targets: readonly Target[], onLoss: (index: number, nats: number, isGreedy: boolean) => void): void {
    this.#head.losses(targets, onLoss);
  }

  close(): void {
    for (const { engine } of this.#stages) engine.close();
  }
}

export interface OpenDecoderOptions extends EngineOptions {
  threads: number;
  open?: OpenEngine;
  /** Bytes of an engine's memory at most. Less than the default is for tests. */
  memory?: number;
}

/**
 * Opens a model in engines of its own, as few as hold it, and loads its weights.
 * @throws JikjiError `too-large` before anything is allocated where a layer alone is, `no-memory`, `no-fma`
 */
export function openDecoder(
  config: ModelConfig,
  size: DecoderSize,
  { open = openWebAssembly, memory = MEMORY_LIMIT, ...options }: OpenDecoderOptions,
  stored: StoredWeights,
): Decoder {
  const programOf = (first: number, end: number): Program<DecoderStage> => {
    const of: StageOf = { config, size, q8: stored.q8, first, end };
    const layers = end - first === config.numHiddenLayers ? '' : `, layers ${first + 1} to ${end}`;
    return {
      declare: (e) => new DecoderStage(e, of),
      exercise: (stage) => stage.exercise(),
      description: `${(parameterCount(config) / 1e6).toFixed(0)} M parameters${layers}`,
      hint: 'use a smaller model',
    };
  };
  const programs: Program<DecoderStage>[] = [];
  for (let first = 0, end = 0; first < config.numHiddenLayers; first = end) {
    end = config.numHiddenLayers;
    while (end > first + 1 && measureProgram(programOf(first, end), options.threads).bytes > memory) end--;
    programs.push(programOf(first, end));
  }
  const stages: DecoderStage[] = [];
  try {
    for (const program of programs) {
      stages.push(open(program, options).declared);
      stages.at(-1)!.load(stored);
    }
    return new Decoder(config, size, stages);
  } catch (error) {
    for (const { engine } of stages) engine.close();
    throw error;
  }
}
