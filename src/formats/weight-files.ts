// Reads the weights of a model folder: model.safetensors, or several files (shards) that model.safetensors.index.json lists. Reads
// by ranges, so a model may be larger than memory. The index is untrusted until the shards confirm it.

import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isObject, JikjiError, parseJson, shownName } from '../base/index.ts';
import { widen8 } from './float8.ts';
import { widen } from './float16.ts';
import { Safetensors, type TensorInfo } from './safetensors.ts';
import { readSmallFile } from './small-file.ts';

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/** The limit of the index, in bytes; that of a model with 10,000 tensors has about a megabyte. */
const MAX_INDEX = 16 << 20;
const MAX_SHARDS = 4096;
/** The limit of open shards. */
const MAX_OPEN = 16;
/** Bytes of narrow numbers that are converted at once. */
const PIECE = 1 << 20;

/** The types that `readFloats` reads. */
export const FLOAT_TYPES: readonly string[] = ['F32', 'F16', 'BF16', 'F8_E4M3', 'F8_E5M2'];

export interface StoredTensor extends TensorInfo {
  /** Name of its file. */
  file: string;
}

export interface WeightFile {
  name: string;
  path: string;
  /** Bytes. */
  size: number;
}

const AGAIN = 'get the folder again from its source';
const broken = (path: string, what: string) => new JikjiError('weights-broken', what, path, AGAIN);

/** The tensors of a model folder. */
export class WeightFiles {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** In the order of their names. */
  readonly files: readonly WeightFile[];
  readonly #folder: string;
  /** Open shards in the order of last use. */
  readonly #open = new Map<string, Safetensors>();
  #piece: Uint8Array | undefined;

  private constructor(folder: string, names: readonly string[], index?: Map<string, string>) {
    this.#folder = folder;
    const tensors = new Map<string, StoredTensor>();
    const files: WeightFile[] = [];
    this.tensors = tensors;
    this.files = files;
    try {
      for (const file of names) {
        const shard = this.#shard(file);
        files.push({ name: file, path: shard.path, size: shard.size });
        for (const [name, info] of shard.tensors) {
          if (index && index.get(name) !== file) {
            throw broken(shard.path, `it holds ${shownName(name)}, but the index does not`);
          }
          tensors.set(name, { ...info, file });
        }
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Opens the weights of a folder. Reads and checks the headers of all files.
   * @throws JikjiError `file-missing`, `file-broken`, `safetensors-broken`, `weights-broken`
   */
  static open(folder: string): WeightFiles {
    const path = join(folder, INDEX);
    if (existsSync(join(folder, SINGLE)) || !existsSync(path)) return WeightFiles.single(join(folder, SINGLE));
    const { index, names, total } = parseIndex(readSmallFile(path, MAX_INDEX), path);
    const files = new WeightFiles(folder, names, index);
    const missing = [...index].find(([name]) => !files.tensors.has(name));
    let bytes = 0;
    for (const { byteLength } of files.tensors.values()) bytes += byteLength;
    if (missing === undefined && (total ?? bytes) === bytes) return files;
    files.close();
    throw missing
      ? broken(path, `${shownName(missing[0])} is not in ${shownName(missing[1])}`)
      : broken(path, `total_size is ${total}, the tensors have ${bytes} bytes`);
  }

  /** Opens one file. @throws JikjiError `file-missing`, `safetensors-broken` */
  static single(path: string): WeightFiles {
    return new WeightFiles(dirname(path), [basename(path)]);
  }

  /** Returns a shard, which it opens if necessary; then it closes the least recently used one. */
  #shard(name: string): Safetensors {
    const shard = this.#open.get(name) ?? Safetensors.open(join(this.#folder, name));
    this.#open.delete(name);
    this.#open.set(name, shard);
    if (this.#open.size > MAX_OPEN) {
      const [oldest, first] = this.#open.entries().next().value!;
      this.#open.delete(oldest);
      first.close();
    }
    return shard;
  }

  #shardOf(name: string): { shard: Safetensors; dtype: string } {
    const info = this.tensors.get(name);
    if (!info) throw new Error(`no tensor ${name}`);
    const shard = this.#shard(info.file);
    if (!sameTensor(shard.tensors.get(name), info)) throw broken(shard.path, `${shownName(name)} has changed`);
    return { shard, dtype: info.dtype };
  }

  /** Fills `target` with bytes of a tensor of U8. @throws JikjiError `weights-broken` if the file has changed */
  readBytes(name: string, target: Uint8Array, offset: number): void {
    const { shard, dtype } = this.#shardOf(name);
    if (dtype !== 'U8') throw new Error(`${name} is not bytes`);
    shard.read(name, target, offset);
  }

  /**
   * Fills `target` with numbers of a tensor as float32, from number `offset` of the tensor on. Narrower types are widened without a
   * change of value; scales that FP8 has beside it are another tensor, and not applied.
   * @throws JikjiError `dtype-unsupported` for types that are not in FLOAT_TYPES, `weights-broken` if the file has changed
   */
  readFloats(name: string, target: Float32Array, offset = 0): void {
    const { shard, dtype } = this.#shardOf(name);
    if (dtype === 'F32') {
      shard.read(name, new Uint8Array(target.buffer, target.byteOffset, target.byteLength), offset * 4);
      return;
    }
    if (dtype !== 'F16' && dtype !== 'BF16' && dtype !== 'F8_E4M3' && dtype !== 'F8_E5M2') {
      throw new JikjiError(
        'dtype-unsupported',
        `${shownName(name)} is ${dtype}; only ${FLOAT_TYPES.join(', ')} are read`,
        shard.path,
        'convert the model to float32, float16 or bfloat16',
      );
    }
    this.#piece ??= new Uint8Array(PIECE);
    const width = dtype === 'F16' || dtype === 'BF16' ? 2 : 1;
    const step = PIECE / width;
    for (let done = 0; done < target.length; done += step) {
      const part = target.subarray(done, done + step);
      const bytes = this.#piece.subarray(0, part.length * width);
      shard.read(name, bytes, (offset + done) * width);
      if (dtype === 'F16' || dtype === 'BF16') widen(dtype, bytes, part);
      else widen8(dtype, bytes, part);
    }
  }

  close(): void {
    for (const shard of this.#open.values()) shard.close();
    this.#open.clear();
  }
}

const sameTensor = (a: TensorInfo | undefined, b: TensorInfo) =>
  a?.dtype === b.dtype && a.at === b.at && a.byteLength === b.byteLength && a.shape.join() === b.shape.join();

function parseIndex(text: string, path: string): { index: Map<string, string>; names: string[]; total?: number } {
  const json = parseJson(text, () => broken(path, 'is not JSON'));
  if (!isObject(json) || !isObject(json.weight_map)) throw broken(path, 'has no weight_map');
  const index = new Map<string, string>();
  const names = new Set<string>();
  for (const [name, file] of Object.entries(json.weight_map)) {
    // A plain name: no path leads out of the folder.
    if (typeof file !== 'string' || !/^[^/\\\u0000-\u001f]{1,240}\.safetensors$/.test(file)) {
      throw broken(path, `the file of ${shownName(name)} is not a plain name that ends in .safetensors`);
    }
    index.set(name, file);
    names.add(file);
    if (names.size > MAX_SHARDS) throw broken(path, `more than ${MAX_SHARDS} files`);
  }
  if (names.size === 0) throw broken(path, 'names no tensor');
  const { metadata = {} } = json;
  if (!isObject(metadata)) throw broken(path, 'has metadata that is not an object');
  const total = metadata.total_size;
  const known = { index, names: [...names].sort() };
  if (total === undefined || total === null) return known;
  if (!Number.isSafeInteger(total) || (total as number) < 0) throw broken(path, 'has an invalid total_size');
  return { ...known, total: total as number };
}
