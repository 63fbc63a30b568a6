// What this room tells of runs. Data only.

import type { Failure } from '../../apart/index.ts';
import type { Standing, Verdict } from '../../audit/index.ts';
import type { CurveValidation, ThinCurve } from '../../run-folder/index.ts';
import type { Claims } from '../audits/index.ts';

export interface RunInfo {
  /** Stable: made of the folder's name and the digest of its path. */
  id: string;
  name: string;
  /** `gone`: the folder is no longer there. `broken`: nothing in it can be read as a run. */
  state: 'running' | 'finished' | 'unfinished' | 'gone' | 'broken';
  /** Steps the recipe asks for, steps in the transcript. */
  steps: number | null;
  stepsDone: number | null;
  /** Of the last step, nats a token. */
  loss: number | null;
  valBitsPerByte: number | null;
  /** When the run was last begun or gone on with, ISO 8601. */
  noted: string | null;
}

export interface RunDetail extends RunInfo {
  folder: string;
  /** As it is written; null where it is not there or too large to be shown. */
  recipe: string | null;
  parameters: number | null;
  /** Seen in training so far. */
  tokens: number | null;
  /** Of the session that is running, or of the one that finished the run; and what is left at that speed. */
  tokensPerSecond: number | null;
  secondsLeft: number | null;
  /** Fingerprint of the key that genesis names; unverified. */
  maker: string | null;
  stateRoot: string | null;
  /** There is a finished model, or a state to speak with. */
  model: boolean;
}

export type Curve = ThinCurve;

export interface CurveRange {
  from?: number;
  to?: number;
  /** Points at most, from 16. */
  points: number;
}

export type RunEvent =
  | {
      kind: 'points';
      step: number[];
      loss: (number | null)[];
      gradNorm: (number | null)[];
      learningRate: (number | null)[];
      /** One of the step that was followed from may have been told before. */
      validations: CurveValidation[];
    }
  /** What was told no longer stands: the run was begun anew or goes on from an earlier state. All points follow again. */
  | { kind: 'anew' }
  /** First of all, and where the state or the length of the run has changed. */
  | { kind: 'state'; run: RunInfo };

/** The chain as the run's folder has it: recorded, not verified. That is an audit's work. */
export interface Evidence {
  state: 'recorded';
  genesis: {
    digest: string;
    signer: string;
    madeAt: string;
    stateRoot: string;
    steps: number;
    lodged: { office: string; at: string } | null;
  } | null;
  /** Records in the transcript and its last link. */
  records: number;
  head: string | null;
  /** `to` is null where the session's end was not written. */
  sessions: { from: number; to: number | null; started: string | null; device: string | null }[];
  /** States that records name, and how many there are in all; of very many the first and the last are shown. */
  checkpoints: { step: number; root: string; kept: boolean; there: boolean }[];
  checkpointCount: number;
  seal: {
    digest: string;
    signer: string;
    sealedAt: string;
    stateRoot: string | null;
    head: string;
    lodged: { office: string; at: string } | null;
  } | null;
  /** What could not be read, and why: file and reason. */
  unreadable: { file: string; why: string }[];
}

export interface Audit {
  id: string;
  /** Id of the run. */
  run: string;
  state: 'running' | 'done' | 'failed';
  started: string;
  ended: string | null;
  progress: { check: string; fraction: number } | null;
  verdict: Verdict | null;
  /** How far it reached, and what may be said of the run; null while there is no verdict. */
  standing: Standing | null;
  claim: Claims | null;
  checks: { name: string; verdict: Verdict; detail: string }[];
  /** Stretches trained again, at most a thousand of them. */
  replayed: { from: number; to: number; why: string; verdict: Verdict }[];
  /** Whether a chance of detection is claimed, and why not. */
  detection: { claimed: boolean; reason: string } | null;
  error: Failure | null;
}

export interface Card {
  /** The model's README.md, Markdown of its maker; empty where it has none. */
  card: string;
  /** config.json, or null where there is none that can be read. */
  config: Record<string, unknown> | null;
  parameters: number | null;
  /** It has a chat template. */
  tuned: boolean;
  /** By the signed evaluations that lie in the run; unverified. */
  scores: { task: string; metric: string; value: number | null; stderr: number | null; n: number }[];
  /** Files of the model; the digest is the one that the seal names. */
  files: { path: string; bytes: number; sha256: string | null }[];
}

export interface SpeakOptions {
  /** Tokens at most. */
  maxTokens: number;
  /** 0: always the likeliest token. */
  temperature: number;
  /** Only the k likeliest; 0: all. */
  topK: number;
  /** Only the likeliest that together reach this probability; 1: all. */
  topP: number;
  seed: number;
}

export interface Spoken {
  text: string;
  tokenIds: number[];
  /** `end`: the model ended it. `length`: maxTokens. `full`: the context. `stopped`: the signal. */
  ended: 'end' | 'length' | 'full' | 'stopped';
}
