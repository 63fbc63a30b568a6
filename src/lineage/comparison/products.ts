// Products of matrices on the engine, so that a comparison has the same bits on every machine. Knows nothing of models.

import { type Engine, openWebAssembly, type Tensor, type Weight } from '../../engine/index.ts';

/** Row-major. */
export interface Matrix {
  rows: number;
  columns: number;
  values: Float32Array;
}

interface Prepared {
  engine: Engine;
  x: Tensor;
  w: Weight;
  y: Tensor;
}

/** Shapes kept open: a comparison multiplies few shapes, many times. */
const MAX_OPEN = 6;
/** Numbers of rows are rounded up to multiples of this, so that blocks of nearly one size share an engine. */
const STEP = 64;
const roomy = (rows: number): number => Math.ceil(rows / STEP) * STEP;

export class Products {
  readonly #threads: number;
  /** By shape, in the order of last use. */
  readonly #open = new Map<string, Prepared>();

  constructor(threads: number) {
    this.#threads = threads;
  }

  /** a bᵀ: [M, K] and [N, K] give [M, N]. */
  multiply(a: Matrix, b: Matrix): Matrix {
    if (a.columns !== b.columns) throw new Error(`rows of ${a.columns} and of ${b.columns} numbers`);
    if (a.rows === 0 || b.rows === 0) return { rows: a.rows, columns: b.rows, values: new Float32Array() };
    const width = roomy(b.rows);
    const { engine, x, w, y } = this.#prepared(roomy(a.rows), width, a.columns);
    engine.floats(x).set(a.values); // rows beyond these are left over from before, and give rows and columns that nobody reads
    engine.load(w, (values) => values.set(b.values));
    engine.linear({ x, layers: [{ weight: w, y }] });
    const [all, values] = [engine.floats(y), new Float32Array(a.rows * b.rows)];
    for (let i = 0; i < a.rows; i++) values.set(all.subarray(i * width, i * width + b.rows), i * b.rows);
    return { rows: a.rows, columns: b.rows, values };
  }

  #prepared(M: number, N: number, K: number): Prepared {
    const shape = `${M} ${N} ${K}`;
    const found = this.#open.get(shape) ?? open(M, N, K, this.#threads);
    this.#open.delete(shape);
    this.#open.set(shape, found);
    if (this.#open.size > MAX_OPEN) {
      const [oldest, { engine }] = this.#open.entries().next().value!;
      this.#open.delete(oldest);
      engine.close();
    }
    return found;
  }

  close(): void {
    for (const { engine } of this.#open.values()) engine.close();
    this.#open.clear();
  }
}

const open = (M: number, N: number, K: number, threads: number): Prepared =>
  openWebAssembly(
    {
      declare: (engine) => ({
        engine,
        x: engine.tensor([M, K]),
        w: engine.weight([N, K], { multiplied: true, trained: true }),
        y: engine.tensor([M, N]),
      }),
      exercise: ({ engine, x, w, y }) => engine.linear({ x, layers: [{ weight: w, y }] }),
      description: `a product of ${M}x${K} and ${K}x${N}`,
      hint: 'compare fewer rows: --rows',
    },
    { threads },
  ).declared;

export function transposed({ rows, columns, values }: Matrix): Matrix {
  const result = new Float32Array(values.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = values[i * columns + j]!;
  return { rows: columns, columns: rows, values: result };
}
