// S_0 of a run with a parent: the parent's weights, rows for the entries that its tokenizer has beside the parent's, moments of zero.
// docs/arithmetic.md, "Weights of a parent".

import { JikjiError } from '../../base/index.ts';
import { normals, type Seed } from '../../engine/index.ts';
import { Safetensors } from '../../formats/index.ts';
import { EMBEDDING, HEAD, parameters } from '../model/index.ts';
import type { Trainer } from './trainer.ts';

/** The entries of a run's tokenizer behind those of its parent. */
export interface NewEntries {
  /** The seed of the run. */
  seed: Seed;
  /** The entries of the parent, which has `size`, that an entry joins; undefined where its rows are drawn. */
  partsOf(id: number, size: number): readonly number[] | undefined;
}

/**
 * Sets a trainer to S_0: the weights of this file, and rows for new entries. The file must have the trainer's shapes, but may have fewer
 * rows in the matrices with a row for each entry.
 * @throws JikjiError `checkpoint-broken`, or as `Safetensors.open`
 */
export function loadStart(path: string, trainer: Trainer, entries: NewEntries): void {
  const file = Safetensors.open(path);
  try {
    const matrices = new Map<string, NewRows>();
    const { vocabSize } = trainer.config;
    for (const { name, shape, std } of parameters(trainer.config)) {
      const info = file.tensors.get(name);
      if (info?.dtype === 'F32' && info.shape.join() === shape.join()) continue;
      const [rows, width] = info?.shape ?? [];
      const hasRows = std !== undefined && (name === EMBEDDING || name === HEAD) && info?.shape.length === 2;
      if (info?.dtype !== 'F32' || !hasRows || width !== shape[1] || rows > vocabSize) {
        const message = `has no ${name} of shape [${shape}]`;
        throw new JikjiError('checkpoint-broken', message, path, 'get the run again from its maker');
      }
      matrices.set(name, new NewRows(file, { name, rows, width, std }, entries));
    }
    trainer.takeState(0, (name, target, offset) => {
      const matrix = matrices.get(name);
      if (matrix) matrix.read(target, offset);
      else if (file.tensors.has(name)) file.read(name, target, offset);
      else target.fill(0);
    });
  } finally {
    file.close();
  }
}

interface Matrix {
  name: string;
  /** Rows in the file. */
  rows: number;
  width: number;
  std: number;
}

/** A matrix of a parent with rows for new entries behind its own. */
class NewRows {
  readonly #file: Safetensors;
  readonly #matrix: Matrix;
  readonly #entries: NewEntries;

  constructor(file: Safetensors, matrix: Matrix, entries: NewEntries) {
    this.#file = file;
    this.#matrix = matrix;
    this.#entries = entries;
  }

  /** Fills `target` with the bytes of the matrix from byte `offset` on. */
  read(target: Uint8Array, offset: number): void {
    const { name, rows, width } = this.#matrix;
    const bytes = 4 * width;
    const old = Math.max(0, Math.min(target.length, rows * bytes - offset));
    if (old > 0) this.#file.read(name, target.subarray(0, old), offset);
    for (let done = old; done < target.length; ) {
      const at = offset + done;
      const row = Math.floor(at / bytes);
      const piece = new Uint8Array(this.#row(row).buffer).subarray(at - row * bytes);
      const taken = piece.subarray(0, target.length - done);
      target.set(taken, done);
      done += taken.length;
    }
  }

  /** The mean of the rows of the entries that a new one joins, summed up in their order; else drawn. */
  #row(id: number): Float32Array {
    const { name, rows, width, std } = this.#matrix;
    const parts = this.#entries.partsOf(id, rows);
    if (!parts) return normals({ name, seed: this.#entries.seed, std }, id * width, width);
    const sum = new Float32Array(width);
    const part = new Float32Array(width);
    for (const one of parts) {
      this.#file.read(name, new Uint8Array(part.buffer), one * 4 * width);
      for (let i = 0; i < width; i++) sum[i] += part[i];
    }
    const share = Math.fround(1 / parts.length);
    return sum.map((value) => value * share);
  }
}
