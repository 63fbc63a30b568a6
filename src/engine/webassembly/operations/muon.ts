// Muon on batches of matrices of one shape, or of its transpose: small matrices are then as fast as large ones, since every kernel runs once
// for a batch. docs/arithmetic.md, "A step".

import { type Muon, type MuonMatrix, squareBlocks } from '../../engine.ts';
import { MUON_EPS, muonScale, NEWTON_SCHULZ } from '../../muon.ts';
import { muonShape } from '../../shapes.ts';
import { SIZES } from '../crossing.ts';
import type { Device } from '../device.ts';
import { addressOf } from '../region.ts';
import { chunksOf } from './product.ts';

/** Elements of a batch at most, unless one matrix has more: they stay in the caches between kernels. */
const BATCH = 1 << 19;

/** Scratch bytes of a square: its block, and those rows of A that lie in two panels, which are at most every second tile. */
const SQUARE_SCRATCH = SIZES.muonSide ** 2 * 4 + (SIZES.muonSide / 2) * SIZES.productDepth * 4;
/** Scratch bytes of a product: a packed chunk of the left matrix. */
const APPLY_SCRATCH = SIZES.chunkRows * SIZES.productDepth * 4;

/** Matrices that are updated together. */
interface Batch {
  matrices: MuonMatrix[];
  /** The shorter and the longer side of each. */
  r: number;
  c: number;
}

/** Addresses of what a batch works in, and its sizes as kernels/muon.ts has them. */
interface Workspace {
  /** Addresses and columns, by matrix. */
  table: number;
  /** What its update is multiplied by first, by matrix. */
  factors: number;
  /** Block sums of squares. */
  sums: number;
  /** Of the first matrix; `step` bytes on is that of the next one. The update, and the next one while it is computed. */
  x: number;
  y: number;
  /** X X', and the polynomial of it. */
  square: number;
  polynomial: number;
  step: number;
  height: number;
  squareHeight: number;
}

const roundUp = (n: number, unit: number): number => Math.ceil(n / unit) * unit;
/** Whole cache lines: threads then write to lines of their own. */
const lines = (floats: number): number => roundUp(floats, 16);

export function muon(d: Device, { matrices, ...how }: Muon): void {
  for (const batch of batchesOf(matrices)) updateBatch(d, batch, how);
}

function batchesOf(matrices: readonly MuonMatrix[]): Batch[] {
  const open = new Map<string, Batch>();
  const batches: Batch[] = [];
  for (const matrix of matrices) {
    const { R, C } = muonShape(matrix);
    const [r, c] = [Math.min(R, C), Math.max(R, C)];
    let batch = open.get(`${r} ${c}`);
    if (!batch || (batch.matrices.length + 1) * r * c > BATCH) {
      batch = { matrices: [], r, c };
      open.set(`${r} ${c}`, batch);
      batches.push(batch);
    }
    batch.matrices.push(matrix);
  }
  return batches;
}

function workspaceOf(d: Device, { matrices: { length }, r, c }: Batch): Workspace {
  const columns = roundUp(r, SIZES.tileColumns);
  const [height, squareHeight] = [c, r].map((rows) => roundUp(rows, SIZES.muonRows)) as [number, number];
  const [matrix, square] = [height, squareHeight].map((rows) => lines(rows * columns)) as [number, number];
  const shared = [(length * SIZES.muonEntryBytes) / 4, length, length * squareBlocks(r * c)].map(lines);
  const step = 2 * (matrix + square);
  let next = d.workspace(shared.reduce((sum, floats) => sum + floats, length * step));
  const [table, factors, sums, x, y, first, second] = [...shared, matrix, matrix, square, square].map((floats) => {
    const address = next;
    next += floats * 4;
    return address;
  }) as [number, number, number, number, number, number, number];
  return { table, factors, sums, x, y, square: first, polynomial: second, step: step * 4, height, squareHeight };
}

function updateBatch(
  d: Device,
  batch: Batch,
  { learningRate, weightDecay, momentum, clip }: Omit<Muon, 'matrices'>,
): void {
  const { matrices, r, c } = batch;
  const space = workspaceOf(d, batch);
  const { table, factors, sums, step, height } = space;
  const blocks = squareBlocks(r * c);
  if (d.buffer) new Uint32Array(d.buffer, table, matrices.length * 4).set(matrices.flatMap(entryOf));
  const nesterov = { clip, momentum, rest: 1 - momentum };
  d.run(
    'muonMomentum',
    { table, u: space.y, step, count: r * c, sums, ...nesterov },
    { items: matrices.length * blocks },
  );
  if (d.buffer) {
    const norms = normsOf(new Float32Array(d.buffer, sums, matrices.length * blocks), blocks);
    new Float32Array(d.buffer, factors, matrices.length).set(norms.map((norm) => 1 / (norm + MUON_EPS)));
  }
  const panels = { items: matrices.length * Math.ceil(r / d.tile) };
  const sizes = { step, r, c, height, width: d.tile };
  d.run('muonStart', { table, factors, u: space.y, x: space.x, ...sizes }, panels);
  for (let turn = 0; turn < NEWTON_SCHULZ.steps; turn++) {
    newtonSchulz(d, batch, space);
    [space.x, space.y] = [space.y, space.x];
  }
  const rates = { scale: muonScale([r, c]), weightDecay, learningRate };
  d.run('muonUpdate', { table, x: space.x, ...sizes, ...rates }, panels);
}

/** A matrix as kernels read it in the table. */
const entryOf = ({ w, g, m }: MuonMatrix): number[] => [addressOf(w), addressOf(g), addressOf(m), w.shape[1]!];

/** The roots of sums of block sums, in binary64. */
function normsOf(sums: Float32Array, blocks: number): number[] {
  return Array.from({ length: sums.length / blocks }, (_, matrix) => {
    let sum = 0;
    for (const block of sums.subarray(matrix * blocks, (matrix + 1) * blocks)) sum += block;
    return Math.sqrt(sum);
  });
}

/** y = a x + b X X' x + c (X X')^2 x, with X X' of the shorter side. */
function newtonSchulz(d: Device, { matrices: { length }, r, c }: Batch, space: Workspace): void {
  const { x, y, square, polynomial, step, height, squareHeight } = space;
  const { first, third, fifth } = NEWTON_SCHULZ;
  const width = d.tile;
  const label = 'muon';

  const side = sideOf(d, length, r);
  const blocks = Math.ceil(r / side);
  const symmetric = { step, squareHeight, r, width, side, third, fifth };
  const triangle = { items: (length * blocks * (blocks + 1)) / 2, chunk: 1, label };
  const flops = (K: number): number => length * r * (r + 1) * K;
  d.scratch(SQUARE_SCRATCH);
  d.run(
    'muonSquare',
    { x, out: square, height, K: c, isFourth: false, ...symmetric },
    { ...triangle, flops: flops(c) },
  );
  const fourth = { x: square, out: polynomial, height: squareHeight, K: r, isFourth: true };
  d.run('muonSquare', { ...fourth, ...symmetric }, { ...triangle, flops: flops(r) });

  const { rows, columns, items } = chunksOf(d, { M: c, N: r, matrices: length });
  d.scratch(APPLY_SCRATCH);
  const sizes = { step, height, squareHeight, r, c, width, rows, columns };
  const work = { items: length * items, chunk: 1, label, flops: 2 * length * r * r * c };
  d.run('muonApply', { x, b: polynomial, y, ...sizes, factor: first }, work);
}

/** The side of the blocks of a square: half of the largest, where threads would otherwise get too few of them. */
function sideOf(d: Device, matrices: number, r: number): number {
  const blocks = Math.ceil(r / SIZES.muonSide);
  return (matrices * blocks * (blocks + 1)) / 2 < 8 * d.threads ? SIZES.muonSide / 2 : SIZES.muonSide;
}
