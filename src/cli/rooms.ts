// The rooms below as the command line sees them, loaded when a verb needs them: `--help` must not wait for an engine.
// Types here are what the verbs rely on.

import { fileURLToPath } from 'node:url';
import { JikjiError } from '../base/index.ts';
import type { Recipe } from '../foundry/recipe/index.ts';

export type Stage = 'corpus' | 'tokenizer' | 'tokens' | 'train' | 'model';

/** What a run tells while it works. */
export type MakeEvent =
  | { kind: 'stage'; stage: Stage; state: 'start' | 'progress' | 'done'; detail?: string; fraction?: number }
  | {
      kind: 'step';
      step: number;
      steps: number;
      loss: number;
      learningRate: number;
      gradNorm: number;
      tokensPerSecond: number;
      gflops: number;
      peakShare: number;
      secondsLeft: number;
    }
  | { kind: 'validation'; step: number; bitsPerByte: number }
  | { kind: 'checkpoint'; step: number; stateRoot: string }
  | { kind: 'note'; text: string };

export interface MakeOptions {
  recipe: Recipe;
  /** Where `files` of the recipe's sources begin. */
  recipeFolder: string;
  out: string;
  threads: number;
  resume: boolean;
  signal: AbortSignal;
  onEvent: (event: MakeEvent) => void;
}

export interface MakeResult {
  run: string;
  steps: number;
  tokens: number;
  parameters: number;
  stateRoot: string;
  head: string | null;
  valBitsPerByte: number;
  tokensPerSecond: number;
  seconds: number;
}

export interface SampleOptions {
  /** A run folder or a Hugging Face model folder. */
  model: string;
  prompt: string;
  maxTokens: number;
  temperature: number;
  topK: number;
  topP: number;
  seed: number;
  threads: number;
  onText: (text: string) => void;
}

export interface Foundry {
  makeRun(options: MakeOptions): Promise<MakeResult>;
  sampleModel(options: SampleOptions): Promise<{ text: string; tokenIds: number[] }>;
}

export interface BenchResult {
  tokensPerSecond: number;
  gflops: number;
  peakGflops: number;
  utilisation: number;
  /** With `profile`: seconds by operation, of one step. */
  operations?: { name: string; seconds: number; gflops?: number }[];
}

export interface Engine {
  benchShape(options: { shape: 's' | 'm' | 'l'; threads: number; profile: boolean }): Promise<BenchResult>;
  /** Engine facts of this machine. */
  machineReport(): Promise<{ fusedMultiplyAdd: boolean; fastestTile: string; peakGflops: number }>;
}

/** Loads a room. One that is not in this build, or lacks what a verb needs, is something to say and not a stack. */
async function room<T>(specifier: string, name: string, needed: readonly (keyof T & string)[]): Promise<T> {
  const missing = (cause?: unknown) =>
    new JikjiError('not-built', `${name} is not part of this build`, specifier, 'use a newer version', { cause });
  let loaded: T;
  try {
    loaded = (await import(specifier)) as T;
  } catch (error) {
    const path = fileURLToPath(new URL(specifier, import.meta.url));
    const code = (error as NodeJS.ErrnoException).code;
    throw code === 'ERR_MODULE_NOT_FOUND' && String(error).includes(`'${path}'`) ? missing(error) : error;
  }
  if (needed.some((member) => typeof loaded[member] !== 'function')) throw missing();
  return loaded;
}

export const foundry = () => room<Foundry>('../foundry/index.ts', 'making and sampling', ['makeRun', 'sampleModel']);
export const engine = () => room<Engine>('../engine/index.ts', 'measuring the engine', ['benchShape', 'machineReport']);
export const recipes = () => import('../foundry/recipe/index.ts');
export const runs = () => import('../foundry/runs.ts');
