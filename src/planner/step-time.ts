// The time of one training step on a cluster, part by part: a roofline for every operation, the communication that nothing hides, and the
// empty slots of the pipeline. Knows a shape, a chip and a layout.

import { ASSUMED, type Constants } from './constants.ts';
import { type Layer, type Matrix, type ModelShape, matrixParameters, mixingOperations } from './model-shape.ts';

export const PRECISIONS = ['bf16', 'fp8', 'mxfp8', 'nvfp4'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** The format of a run where none is chosen: 8 bits where the chip has them. */
export const defaultPrecision = ({ bf16, fp8 }: Device): Precision => (fp8 > bf16 ? 'fp8' : 'bf16');

/** Published figures of a chip in its server: FLOP/s (dense), bytes, bytes/s, watts; links and network count one direction. */
export interface Device {
  bf16: number;
  fp8: number;
  fp4: number;
  memory: number;
  bandwidth: number;
  power: number;
  /** To the other devices of its domain (NVLink). */
  link: number;
  /** Devices that share such links. */
  domain: number;
  /** To devices of other domains. */
  network: number;
}

export interface Layout {
  devices: number;
  tensor: number;
  pipeline: number;
  /** Chunks of layers for each stage (interleaved schedule). */
  virtual: number;
  context: number;
  expert: number;
  microBatch: number;
  /** What data parallelism divides: optimizer state (1), gradients too (2), weights too (3), as in ZeRO. */
  zero: 1 | 2 | 3;
  recompute: 'none' | 'full';
  /** How steps are recorded to be launched at once. */
  graphs: 'none' | 'per-layer' | 'full-iteration';
  /** Software of before March 2026. */
  isEarly?: boolean;
}

export interface Batch {
  /** Tokens in a sequence. */
  sequence: number;
  /** Sequences in a step. */
  sequences: number;
  precision: Precision;
  /** Tokens of the fullest device's experts over the mean; 1 if they are balanced. */
  imbalance?: number;
  /** Attention in 8 bits too. */
  lowAttention?: boolean;
  /** Attention that writes its scores to memory, as before FlashAttention; they are computed again backward. */
  isUnfused?: boolean;
}

const WORK = [
  'matrices',
  'experts',
  'mixing',
  'elementwise',
  'tensorExchange',
  'expertExchange',
  'contextExchange',
] as const;
type Work = Record<(typeof WORK)[number], number>;

/** Seconds of a step, by part; `total` is their sum. */
export interface StepTime extends Work {
  head: number;
  /** Waiting for the host. */
  launch: number;
  /** Empty slots of the pipeline. */
  bubble: number;
  gradientExchange: number;
  optimizer: number;
  /** What each step costs whatever its size. */
  fixed: number;
  total: number;
}

/** Replicas of the model that data parallelism makes. */
export function replicas({ devices, tensor, pipeline, context }: Layout): number {
  return devices / (tensor * pipeline * context);
}

/** Bytes of an element of a product's inputs; four bits with a scale for each 16. */
export const BYTES: Record<Precision, number> = { bf16: 2, fp8: 1, mxfp8: 1, nvfp4: 0.56 };

export function stepTime(shape: ModelShape, device: Device, layout: Layout, batch: Batch, fitted: Constants): StepTime {
  return new StepTimer(shape, device, layout, batch, fitted).time();
}

/** Parameters that one device holds: dense ones and experts. */
export interface Held {
  dense: number;
  experts: number;
}

/** Of one layer. */
export function heldOfLayer({ matrices, vectors }: Layer, { tensor, expert }: Layout): Held {
  const held = { dense: vectors, experts: 0 };
  for (const matrix of matrices) {
    if (matrix.division === 'expert') held.experts += matrixParameters(matrix) / expert;
    else held.dense += matrixParameters(matrix) / (matrix.division === 'none' ? 1 : tensor);
  }
  return held;
}

/** Of the mean stage. */
function heldParameters(shape: ModelShape, layout: Layout): Held {
  const { layers, predictors, hiddenSize, vocabSize, isTied, positions } = shape;
  const { tensor, pipeline } = layout;
  const held = { dense: ((isTied ? 1 : 2) * vocabSize * hiddenSize) / tensor + positions * hiddenSize, experts: 0 };
  for (const layer of [...layers, ...predictors]) {
    const { dense, experts } = heldOfLayer(layer, layout);
    held.dense += dense;
    held.experts += experts;
  }
  return { dense: held.dense / pipeline, experts: held.experts / pipeline };
}

class StepTimer {
  readonly #shape: ModelShape;
  readonly #device: Device;
  readonly #layout: Layout;
  readonly #batch: Batch;
  readonly #fitted: Constants;
  /** Tokens of one micro batch in a tensor-parallel group. */
  readonly #tokens: number;
  /** Passes of the size of a forward pass: forward, twice that backward, and once more where activations are computed again. */
  readonly #passes: number;

  constructor(shape: ModelShape, device: Device, layout: Layout, batch: Batch, fitted: Constants) {
    this.#shape = shape;
    this.#device = device;
    this.#layout = layout;
    this.#batch = batch;
    this.#fitted = fitted;
    this.#tokens = (layout.microBatch * batch.sequence) / layout.context;
    this.#passes = layout.recompute === 'full' ? 4 : 3;
  }

  time(): StepTime {
    const { pipeline, virtual, microBatch } = this.#layout;
    const { layers, predictors } = this.#shape;
    const work: Work = {
      matrices: 0,
      experts: 0,
      mixing: 0,
      elementwise: 0,
      tensorExchange: 0,
      expertExchange: 0,
      contextExchange: 0,
    };
    const known = new Map<Layer, Work>();
    let waits = 0;
    for (const layer of [...layers, ...predictors]) {
      const its = known.get(layer) ?? this.#workOf(layer);
      known.set(layer, its);
      for (const part of WORK) work[part] += its[part];
      waits += this.#hostWait(layer);
    }
    const head = this.#head() * (1 + predictors.length);
    const onDevice = WORK.reduce((sum, part) => sum + work[part], head);
    // A device that is busy hides launches, one that is not waits for them: a soft maximum.
    const launches = this.#launchSeconds() * (layers.length + predictors.length);
    const whole = (onDevice ** 4 + launches ** 4) ** 0.25 + waits;
    const stage = whole / pipeline;
    const microBatches = this.#batch.sequences / (replicas(this.#layout) * microBatch);
    const scale = microBatches / pipeline;
    const parts = {
      ...(Object.fromEntries(WORK.map((part) => [part, work[part] * scale])) as Work),
      head: head * scale,
      launch: (whole - onDevice) * scale,
      bubble: ((pipeline - 1) / virtual) * stage,
      gradientExchange: this.#gradientExchange(stage, microBatches),
      optimizer: this.#optimizer(),
      fixed: this.#fitted.step,
    };
    return { ...parts, total: Object.values(parts).reduce((a, b) => a + b, 0) };
  }

  /**
   * FLOP/s of large products. Chips with fewer watts for each FLOP/s keep less of their clock under load (an H100 has 700 W); one with more
   * than it needs still does not reach its peak.
   */
  #rate(precision: Precision): number {
    const { bf16, fp8, fp4 } = this.#device;
    const f = this.#fitted;
    if (precision === 'bf16') return bf16 * Math.min(ASSUMED.product, f.bf16 * this.#clock());
    if (precision === 'nvfp4') return fp4 * Math.min(ASSUMED.product, f.fp4 * this.#clock());
    return fp8 * Math.min(ASSUMED.product, f.fp8 * this.#clock());
  }

  #clock(): number {
    return ((this.#device.power / this.#device.bf16) * (989e12 / 700)) ** this.#fitted.power;
  }

  /** Seconds to move bytes through the device's memory. */
  #moving(bytes: number): number {
    return bytes / (this.#device.bandwidth * ASSUMED.memory);
  }

  /** Forward and backward of one micro batch. */
  #workOf(layer: Layer): Work {
    const tokens = this.#tokens / this.#layout.tensor;
    let matrices = 0;
    let experts = 0;
    let bytes = 0;
    for (const matrix of layer.matrices) {
      // Routers stay in 16 bits or more.
      const precision = matrix.name === 'router' ? 'bf16' : this.#batch.precision;
      const seconds = this.#product(matrix, precision);
      if (matrix.division === 'expert') experts += seconds;
      else matrices += seconds;
      // Inputs and gradients are read in 16 bits and written in 8, along rows and along columns.
      if (precision !== 'bf16') bytes += 4 * tokens * matrix.uses * (matrix.inputs + matrix.outputs);
      if (matrix.hasBias) bytes += 4 * this.#passes * tokens * matrix.uses * matrix.outputs;
    }
    // A norm and its residual read and write the stream five times, in 16 bits; a sequence is divided over the tensor-parallel group.
    bytes += 10 * this.#passes * tokens * layer.norms * this.#shape.hiddenSize;
    bytes += 2 * this.#passes * tokens * (layer.activation.before + layer.activation.behind);
    // Tokens are copied for each of their experts, and added up again.
    if (layer.experts) bytes += 4 * this.#passes * tokens * (1 + layer.experts.active) * layer.experts.width;
    const { seconds: mixing, width } = this.#mixing(layer);
    bytes += 6 * this.#passes * tokens * width;
    return {
      matrices,
      experts,
      mixing,
      elementwise: this.#moving(bytes),
      tensorExchange: this.#tensorExchange(layer),
      expertExchange: this.#expertExchange(layer),
      contextExchange: this.#contextExchange(layer),
    };
  }

  #mixing({ mixing }: Layer): { seconds: number; width: number } {
    if (mixing === null) return { seconds: 0, width: 0 };
    const { sequence, lowAttention, isUnfused } = this.#batch;
    const tokens = this.#tokens / this.#layout.tensor;
    const rate = this.#device.bf16 * Math.min(1, this.#clock()) * this.#share(mixing, lowAttention ?? false);
    if (mixing.kind === 'softmax' && isUnfused) {
      // All positions, masked ones too; products, softmax and dropout read and write a score in 13 bytes. Four passes, one of them again.
      const scores = tokens * mixing.heads * sequence;
      const seconds = (4 * 2 * scores * (mixing.keySize + mixing.valueSize)) / rate + this.#moving(4 * 13 * scores);
      return { seconds, width: mixing.heads * (mixing.keySize + mixing.valueSize) + mixing.cached };
    }
    // Kernels compute whole tiles of positions: a window costs a tile more than it sees.
    const isWindow = mixing.kind === 'softmax' && mixing.window !== null;
    const tiled = isWindow ? { ...mixing, window: mixing.window! + ASSUMED.tile } : mixing;
    // Backward computes the scores again: 2.5 times forward (FlashAttention-2, arXiv 2307.08691, section 4.1).
    const seconds = (mixingOperations(tiled, sequence) * tokens * (this.#passes + 0.5)) / rate;
    if (mixing.kind === 'recurrent') return { seconds, width: 4 * mixing.width };
    return { seconds, width: mixing.heads * (mixing.keySize + mixing.valueSize) + mixing.cached };
  }

  /** Share of the bf16 peak. Heads of under 128 elements leave part of the multipliers idle. */
  #share(mixing: NonNullable<Layer['mixing']>, isLow: boolean): number {
    if (mixing.kind === 'recurrent') return this.#fitted.recurrent;
    return ASSUMED.attention * Math.min(1, mixing.keySize / 128) * (isLow ? ASSUMED.lowAttention : 1);
  }

  #product({ division, inputs, outputs, copies, uses }: Matrix, precision: Precision): number {
    const { tensor, expert } = this.#layout;
    const isExpert = division === 'expert';
    const isWhole = isExpert || division === 'none';
    const rows = isWhole ? (this.#tokens * uses) / tensor : this.#tokens;
    const held = isExpert ? copies / expert : isWhole ? 1 : 1 / tensor;
    const load = isExpert ? (this.#batch.imbalance ?? 1) : 1;
    const operations = load * 2 * rows * inputs * outputs * (isWhole ? 1 : 1 / tensor);
    // The rows of each expert are rounded up to whole tiles, by half a tile in the mean.
    const filled = isExpert ? operations * (1 + (ASSUMED.tile / 2) * (held / rows)) : operations;
    const rate = this.#rate(precision) * (isExpert ? this.#fitted.grouped : 1);
    const bytes =
      inputs * outputs * held * (BYTES[precision] + 2) +
      rows * (inputs + outputs * (isWhole ? 1 : 1 / tensor)) * (BYTES[precision] + 1);
    return this.#passes * (filled / rate + this.#moving(bytes));
  }

  /** Each of `devices` neighbours sends its part of `bytes` to all others. */
  #exchange(bytes: number, devices: number): number {
    if (devices <= 1) return 0;
    const { link, network, domain } = this.#device;
    const inside = Math.min(devices, domain);
    const within = (bytes * (inside - 1)) / devices / (link * ASSUMED.link);
    return within + (bytes * (devices - inside)) / devices / (network * ASSUMED.network);
  }

  /**
   * Sequence parallelism: a gather and a scatter around each block, forward and backward; the second gather backward runs beside a product
   * (arXiv 2205.05198, section 4.2.2).
   */
  #tensorExchange({ mixing, activation }: Layer): number {
    const blocks = (mixing ? 1 : 0) + (activation.before > 0 ? 1 : 0);
    const bytes = 2 * this.#tokens * this.#shape.hiddenSize;
    return blocks * 2 * (this.#passes - 1) * this.#exchange(bytes, this.#layout.tensor);
  }

  /** Tokens go to their experts and come back. A token goes once to a device, however many of its experts are there. */
  #expertExchange({ experts }: Layer): number {
    const { expert, tensor } = this.#layout;
    if (experts === null || expert === 1) return 0;
    const { link, network, domain } = this.#device;
    const bytes = (2 * this.#tokens * experts.width) / tensor;
    const visits = (places: number) => places * (1 - (1 - 1 / places) ** experts.active);
    const inside = Math.min(expert, domain);
    const domains = expert / inside;
    const within = (bytes * visits(expert) * (inside - 1)) / inside / (link * ASSUMED.link);
    const across = (bytes * visits(domains) * (domains - 1)) / domains / (network * ASSUMED.network);
    return this.#fitted.expertExchange * 4 * (within + (domains > 1 ? across : 0));
  }

  #contextExchange({ mixing }: Layer): number {
    const { context, tensor } = this.#layout;
    if (context === 1 || mixing?.kind !== 'softmax') return 0;
    const bytes = (2 * this.#tokens * mixing.cached * context) / tensor;
    return ASSUMED.contextExchange * this.#passes * this.#exchange(bytes, context * tensor);
  }

  #launchSeconds(): number {
    const { graphs } = this.#layout;
    if (graphs === 'full-iteration') return 0;
    return ASSUMED.launch * (graphs === 'per-layer' ? ASSUMED.graphedLaunch : 1);
  }

  /** The host waits for the sizes of the experts' parts, unless the whole step is one graph. */
  #hostWait({ experts }: Layer): number {
    const { graphs, isEarly } = this.#layout;
    if (experts === null || graphs === 'full-iteration') return 0;
    return (
      this.#fitted.expertWait * (graphs === 'per-layer' ? ASSUMED.graphedWait : 1) * (isEarly ? ASSUMED.earlyWait : 1)
    );
  }

  /** The output head in 16 bits, and the loss: logits are read and written in 16 and 32 bits. */
  #head(): number {
    const { hiddenSize, vocabSize } = this.#shape;
    const logits = (this.#tokens * vocabSize) / this.#layout.tensor;
    return (3 * 2 * logits * hiddenSize) / this.#rate('bf16') + this.#moving(14 * logits);
  }

  /** Gradients are added up and weights gathered, beside the last micro batch as far as it reaches; with ZeRO 3 beside every one. */
  #gradientExchange(stage: number, microBatches: number): number {
    const { devices, pipeline, expert, tensor, zero } = this.#layout;
    const { dense, experts } = heldParameters(this.#shape, this.#layout);
    const seconds =
      this.#reduction(4 * dense, devices / (pipeline * tensor), tensor) +
      this.#reduction(4 * experts, devices / (pipeline * expert), expert);
    if (zero < 3) return Math.max(ASSUMED.gradientExchange * seconds, seconds - 0.7 * stage);
    const all = 1.5 * seconds * microBatches;
    return Math.max(0, all - 0.8 * stage * microBatches) + ASSUMED.gradientExchange * all;
  }

  /** A reduction over `group` devices that lie `spacing` apart: first inside domains, then across. */
  #reduction(bytes: number, group: number, spacing: number): number {
    if (group <= 1) return 0;
    const { domain, link, network } = this.#device;
    const inside = Math.max(1, Math.min(group, Math.floor(domain / spacing)));
    const within = (bytes * (inside - 1)) / inside / (link * ASSUMED.link);
    return within + ((bytes / inside) * (group - inside)) / group / (network * ASSUMED.network);
  }

  /** Adam reads gradient, both moments and master weights, and writes all but the gradient: 30 bytes for each parameter. */
  #optimizer(): number {
    const { devices, pipeline, tensor, expert } = this.#layout;
    const { dense, experts } = heldParameters(this.#shape, this.#layout);
    return this.#moving((30 * pipeline * (dense * tensor + experts * expert)) / devices);
  }
}
