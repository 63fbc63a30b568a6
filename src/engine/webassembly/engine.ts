// The WebAssembly engine: memory and operations of the engine interface, on a device.

import { type Engine, elementsOf, type Kind, type Operations, type Tensor } from '../engine.ts';
import { TYPED_ARRAYS } from '../tensor.ts';
import { SIZES } from './crossing.ts';
import { type Device, PEAK_SCRATCH } from './device.ts';
import { attention, attentionBackward } from './operations/attention.ts';
import { cachedAttention, copyPage, DevicePages } from './operations/cached-attention.ts';
import { embedding, embeddingBackward } from './operations/embedding.ts';
import { exponentials, headBackward, headLosses } from './operations/head.ts';
import { linear, linearBackward } from './operations/linear.ts';
import { muon } from './operations/muon.ts';
import { norm, normBackward } from './operations/norm.ts';
import { adamw, add, copy, fill, squares } from './operations/optimizer.ts';
import { runPeak } from './operations/product.ts';
import { random } from './operations/random.ts';
import { rope, ropeBackward } from './operations/rope.ts';
import { swiglu, swigluBackward } from './operations/swiglu.ts';
import { addressOf, Region, regionOf } from './region.ts';
import { isQ8, PackedWeight, Q8Weight, weightOf } from './weight.ts';

const OPERATIONS: { [Name in keyof Operations]: (d: Device, of: Parameters<Operations[Name]>[0]) => void } = {
  embedding,
  embeddingBackward,
  norm,
  normBackward,
  linear,
  linearBackward,
  rope,
  ropeBackward,
  attention,
  attentionBackward,
  cachedAttention,
  swiglu,
  swigluBackward,
  headLosses,
  headBackward,
  exponentials,
  squares,
  adamw,
  muon,
  random,
  add,
  fill,
  copy,
};

const operationsOn = (device: Device): Operations =>
  Object.fromEntries(
    Object.entries(OPERATIONS).map(([name, run]) => [name, (of: never) => run(device, of)]),
  ) as unknown as Operations;

function lengthOf(tensor: Tensor, kind: Kind): number {
  if (tensor.kind === kind) return regionOf(tensor).length;
  throw new Error(`a tensor of ${tensor.kind}, not of ${kind}`);
}

export function engineOn(device: Device, close: () => void = () => {}): Engine {
  const memory = (): SharedArrayBuffer => {
    if (device.buffer) return device.buffer;
    throw new Error('a plan has no values');
  };
  return {
    ...operationsOn(device),
    threads: device.threads,
    tile: device.tile,
    q8Group: device.q8Group,
    get timings() {
      return device.timings;
    },
    set timings(timings) {
      device.timings = timings;
    },
    tensor: (shape, kind = 'f32') => {
      const bytes = elementsOf(shape) * TYPED_ARRAYS[kind].BYTES_PER_ELEMENT;
      return new Region(kind, shape, device.take(bytes));
    },
    weight: (shape, uses) => (uses.q8 ? new Q8Weight(device, shape) : new PackedWeight(device, shape, uses)),
    pages: (of) => new DevicePages(device, of),
    copyPage: (pages, from, to) => copyPage(device, pages, from, to),
    load: (weight, read) => weightOf(weight).load(device, read),
    loadBlocks: (weight, read) => {
      if (!isQ8(weight)) throw new Error('not a weight of bytes');
      weight.load(device, read);
    },
    set: (tensor, values) => {
      const { kind, length, address } = regionOf(tensor);
      if (values.length !== length) throw new Error(`${values.length} values for a tensor of [${tensor.shape}]`);
      if (!device.buffer) return;
      const View: new (buffer: SharedArrayBuffer, address: number, length: number) => Pick<Float64Array, 'set'> =
        TYPED_ARRAYS[kind];
      new View(device.buffer, address, length).set(values);
    },
    floats: (tensor) => new Float32Array(memory(), addressOf(tensor), lengthOf(tensor, 'f32')),
    ints: (tensor) => new Int32Array(memory(), addressOf(tensor), lengthOf(tensor, 'i32')),
    doubles: (tensor) => new Float64Array(memory(), addressOf(tensor), lengthOf(tensor, 'f64')),
    bytes: (tensor) => new Uint8Array(memory(), addressOf(tensor), regionOf(tensor).bytes),
    measurePeak: () => measurePeak(device),
    close,
  };
}

/** GFLOP/s of the tiles alone on all threads: the upper limit of this machine in this arithmetic. */
function measurePeak(device: Device): number {
  const items = device.threads * 16; // a few milliseconds per round: small trainings are short
  const flops = items * SIZES.peakTiles * SIZES.productDepth * SIZES.tileRows * device.tile * 2;
  let best = 0;
  device.scratch(PEAK_SCRATCH);
  for (let round = 0; round < 4; round++) {
    const start = performance.now();
    runPeak(device, items);
    best = Math.max(best, flops / (performance.now() - start) / 1e6);
  }
  return best;
}
