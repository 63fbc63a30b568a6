// All layouts of a training run on a number of devices: what each takes, which of them are best, and what limits the best one. Knows no
// catalogue and no money.

import { FITTED } from './constants.ts';
import { halfWidth, type Interval, intervalAround, type Kind } from './interval.ts';
import { type Memory, memoryOf } from './memory.ts';
import { type ModelShape, trainingOperations } from './model-shape.ts';
import { type Batch, type Device, type Layout, replicas, type StepTime, stepTime } from './step-time.ts';

export interface PlanRequest {
  shape: ModelShape;
  device: Device;
  devices: number;
  batch: Batch;
  /** Tokens of the whole run. */
  tokens: number;
}

export interface Plan {
  layout: Layout;
  memory: Memory;
  time: StepTime;
  /** Seconds of a step; 90 %. */
  step: Interval;
  /** Seconds of the run; 90 %. */
  run: Interval;
  tokensPerSecond: number;
  /** The model's operations (nothing that is computed again) over the published bf16 peak. */
  utilisation: number;
}

/** What would make the run shorter: the planned time with a quarter more of one figure, over the planned time. */
export type Limits = Record<'compute' | 'bandwidth' | 'link' | 'network' | 'memory', number>;

/** Why no layout is a plan: the leanest one needs so many bytes of a device; or sequences do not divide, as this number of them would. */
export type Lacking = { what: 'memory'; least: number } | { what: 'sequences'; nearest: number };

export interface PlannedPlace {
  /** Every layout that fits, the fastest first. */
  plans: Plan[];
  /** Those that no other one beats in both time and memory, the fastest first. */
  front: Plan[];
  /** Null where nothing fits; then `lacking` says why. */
  limits: Limits | null;
  lacking: Lacking | null;
}

/** Share of a device's memory that libraries, buffers of communication and fragments take (a round number). */
export const RESERVED = 0.1;
/** How much more of one figure a chip is given, to see what limits a run. */
const MORE = 1.25;

interface LaidOut {
  layout: Layout;
  memory: Memory;
}

/** A layout's memory does not depend on the chip: it is counted once for all that is asked of it. */
export function planPlace(request: PlanRequest): PlannedPlace {
  const room = request.device.memory * (1 - RESERVED);
  const laidOut = layoutsOf(request).map((layout) => ({
    layout,
    memory: memoryOf(request.shape, layout, request.batch),
  }));
  const plans = laidOut
    .filter(({ memory }) => memory.total <= room)
    .map((one) => planOf(request, one))
    .toSorted((a, b) => a.time.total - b.time.total || a.memory.total - b.memory.total);
  if (plans.length === 0) return { plans, front: [], limits: null, lacking: lackingIn(request, laidOut) };
  const withMore = laidOut.filter(({ memory }) => memory.total > room && memory.total <= room * MORE);
  return { plans, front: frontOf(plans), limits: limitsOf(request, plans, withMore), lacking: null };
}

function frontOf(plans: readonly Plan[]): Plan[] {
  let least = Infinity;
  return plans.filter(({ memory }) => {
    const isBetter = memory.total < least * 0.98;
    if (isBetter) least = memory.total;
    return isBetter;
  });
}

function lackingIn(request: PlanRequest, laidOut: readonly LaidOut[]): Lacking {
  if (laidOut.length > 0) return { what: 'memory', least: Math.min(...laidOut.map(({ memory }) => memory.total)) };
  const { sequences } = request.batch;
  const nearest = dividedBy(request)
    .map((copies) => Math.max(1, Math.round(sequences / copies)) * copies)
    .reduce((a, b) => (Math.abs(b - sequences) < Math.abs(a - sequences) ? b : a));
  return { what: 'sequences', nearest };
}

function planOf({ shape, device, batch, tokens }: PlanRequest, { layout, memory }: LaidOut): Plan {
  const time = stepTime(shape, device, layout, batch, FITTED);
  const half = halfWidth(time, kindOfShape(shape));
  const inStep = batch.sequence * batch.sequences;
  const step = intervalAround(time.total, half);
  const steps = Math.ceil(tokens / inStep);
  return {
    layout,
    memory,
    time,
    step,
    run: { low: step.low * steps, high: step.high * steps },
    tokensPerSecond: inStep / time.total,
    utilisation: (trainingOperations(shape, batch.sequence) * inStep) / time.total / (layout.devices * device.bf16),
  };
}

function kindOfShape({ layers }: ModelShape): Kind {
  return layers.some(({ experts }) => experts) ? 'experts' : 'dense';
}

/**
 * The fastest plan with more of each figure, its layout chosen anew. No part of a step falls by more than the figure grows, so only plans that
 * are as near to the best one can take its place; with more memory, layouts that fit only then.
 */
function limitsOf({ shape, device, batch }: PlanRequest, plans: readonly Plan[], withMore: readonly LaidOut[]): Limits {
  const best = plans[0]!.time.total;
  const near = plans.filter(({ time }) => time.total <= best * MORE);
  const fastest = (among: readonly LaidOut[], change: Partial<Device>) =>
    among.reduce(
      (least, { layout }) => Math.min(least, stepTime(shape, { ...device, ...change }, layout, batch, FITTED).total),
      best,
    ) / best;
  const { bf16, fp8, fp4, power, bandwidth, link, network } = device;
  return {
    compute: fastest(near, { bf16: bf16 * MORE, fp8: fp8 * MORE, fp4: fp4 * MORE, power: power * MORE }),
    bandwidth: fastest(near, { bandwidth: bandwidth * MORE }),
    link: fastest(near, { link: link * MORE }),
    network: fastest(near, { network: network * MORE }),
    memory: fastest(withMore, {}),
  };
}

const POWERS = Array.from({ length: 11 }, (_, i) => 2 ** i);

const divides = (whole: number, part: number) => whole % part === 0;

/** Sizes of tensor, pipeline and context parallelism that a model, a chip and a sequence allow. */
function sizesOf({ shape, device, batch }: PlanRequest) {
  const heads = Math.min(
    ...shape.layers.map(({ mixing }) => (mixing?.kind === 'softmax' ? mixing.heads : Number.POSITIVE_INFINITY)),
  );
  return {
    tensors: POWERS.filter((n) => n <= Math.min(8, device.domain) && divides(Number.isFinite(heads) ? heads : n, n)),
    contexts: POWERS.filter((n) => n === 1 || (n <= 8 && batch.sequence / n >= 2048)),
    stages: POWERS.filter((n) => n <= Math.min(64, depthOf(shape))),
  };
}

const depthOf = ({ layers, predictors }: ModelShape) => layers.length + predictors.length;

/** Numbers of replicas among which the sequences of a step may be divided. */
function dividedBy(request: PlanRequest): number[] {
  const { tensors, contexts, stages } = sizesOf(request);
  return tensors
    .flatMap((tensor) =>
      stages.flatMap((stage) => contexts.map((context) => request.devices / (tensor * stage * context))),
    )
    .filter(Number.isInteger);
}

function layoutsOf(request: PlanRequest): Layout[] {
  const { shape, devices, batch } = request;
  const layouts: Layout[] = [];
  const depth = depthOf(shape);
  const experts = shape.layers.find((layer) => layer.experts)?.experts?.count ?? 1;
  const { tensors, contexts, stages } = sizesOf(request);
  const groups = POWERS.filter((n) => divides(experts, n));
  for (const tensor of tensors) {
    for (const pipeline of stages) {
      for (const context of contexts) {
        const copies = devices / (tensor * pipeline * context);
        if (!Number.isInteger(copies)) continue;
        for (const expert of groups.filter((n) => divides(devices / pipeline, n))) {
          for (const microBatch of [1, 2, 4, 8]) {
            if (!divides(batch.sequences, copies * microBatch)) continue;
            for (const virtual of virtualsOf(depth, pipeline)) {
              for (const recompute of ['none', 'full'] as const) {
                for (const zero of pipeline === 1 ? ([1, 3] as const) : ([1] as const)) {
                  const graphs = experts > 1 ? 'per-layer' : 'none';
                  layouts.push({
                    devices,
                    tensor,
                    pipeline,
                    virtual,
                    context,
                    expert,
                    microBatch,
                    zero,
                    recompute,
                    graphs,
                  });
                }
              }
            }
          }
        }
      }
    }
  }
  return layouts.filter((layout) => replicas(layout) >= 1);
}

/** Chunks of at least one layer. */
function virtualsOf(depth: number, pipeline: number): number[] {
  if (pipeline === 1) return [1];
  return [1, 2, 4, 8].filter((n) => depth / (pipeline * n) >= 1);
}
