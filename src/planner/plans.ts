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

/** Share of a device's memory that libraries, buffers of communication and fragments take (a round number). */
const RESERVED = 0.1;

export function plansOf(request: PlanRequest): Plan[] {
  const room = request.device.memory * (1 - RESERVED);
  return layoutsOf(request)
    .map((layout) => ({ layout, memory: memoryOf(request.shape, layout, request.batch) }))
    .filter(({ memory }) => memory.total <= room)
    .map(({ layout, memory }) => planOf(request, layout, memory))
    .toSorted((a, b) => a.time.total - b.time.total || a.memory.total - b.memory.total);
}

/** Plans that no other one beats in both time and memory, the fastest first. */
export function frontOf(plans: readonly Plan[]): Plan[] {
  let least = Infinity;
  return plans.filter(({ memory }) => {
    const isBetter = memory.total < least * 0.98;
    if (isBetter) least = memory.total;
    return isBetter;
  });
}

function planOf({ shape, device, batch, tokens }: PlanRequest, layout: Layout, memory: Memory): Plan {
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

/** Plans again with more of each figure: layouts may change with it. */
export function limitsOf(request: PlanRequest, best: Plan): Limits {
  const more = (change: Partial<Device>) => {
    const [plan] = plansOf({ ...request, device: { ...request.device, ...change } });
    return (plan?.time.total ?? best.time.total) / best.time.total;
  };
  const { bf16, fp8, fp4, power, bandwidth, link, network, memory } = request.device;
  const by = 1.25;
  return {
    compute: more({ bf16: bf16 * by, fp8: fp8 * by, fp4: fp4 * by, power: power * by }),
    bandwidth: more({ bandwidth: bandwidth * by }),
    link: more({ link: link * by }),
    network: more({ network: network * by }),
    memory: more({ memory: memory * by }),
  };
}

const POWERS = Array.from({ length: 11 }, (_, i) => 2 ** i);

function layoutsOf({ shape, device, devices, batch }: PlanRequest): Layout[] {
  const layouts: Layout[] = [];
  const depth = shape.layers.length + shape.predictors.length;
  const experts = shape.layers.find((layer) => layer.experts)?.experts?.count ?? 1;
  const heads = Math.min(
    ...shape.layers.map(({ mixing }) => (mixing?.kind === 'softmax' ? mixing.heads : Number.POSITIVE_INFINITY)),
  );
  const divides = (whole: number, part: number) => whole % part === 0;
  const tensors = POWERS.filter(
    (n) => n <= Math.min(8, device.domain) && divides(Number.isFinite(heads) ? heads : n, n),
  );
  const contexts = POWERS.filter((n) => n <= 8 && batch.sequence / n >= 2048);
  const stages = POWERS.filter((n) => n <= Math.min(64, depth));
  const groups = POWERS.filter((n) => divides(experts, n) && (experts === 1 || experts / n >= 1));
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
