// A sketch: what a comparison reads of a model, in a file of its own, so that an office need not keep the model. A safetensors file with a
// description in its metadata. Whoever knows its key knows which rows it holds: it stays with the office. Files from outside are untrusted.

import { JikjiError, parseJson, shownName, writeFileAtomic } from '../../base/index.ts';
import { type DType, narrow, Safetensors, widen, writeSafetensors } from '../../formats/index.ts';
import type { StoredModel } from '../anatomy/index.ts';
import type { Sample, SampledBlock, SampledTower } from './sample.ts';
import { descriptionSchema, type Outline, type SketchAbout, tokensSchema } from './sketch-outline.ts';

/** The member of the metadata. */
const MEMBER = 'jikji-sketch';
const TOKENS = 'tokens';
/** Bytes of tokens and merges as JSON. */
const MAX_TOKENS_BYTES = 256 << 20;

export interface Sketch {
  about: SketchAbout;
  sample: Sample;
  tokens: StoredModel['tokens'];
  close(): void;
}

interface Piece {
  name: string;
  dtype: DType;
  shape: number[];
  /** Made when it is written: a sketch may be larger than memory. */
  readonly data: Uint8Array;
}

const later = (name: string, dtype: DType, shape: number[], make: () => Uint8Array): Piece => ({
  name,
  dtype,
  shape,
  get data() {
    return make();
  },
});

const prefixOf = (tower: string, kind: string, block: string): string => `${tower}/${kind}/${block}`;
const embeddingOf = (tower: string): string => `${tower}/embedding`;

function* piecesOf(sample: Sample, tokens: StoredModel['tokens']): Generator<Piece> {
  for (const { name: tower, groups, embedding, hiddenSize } of sample.towers) {
    for (const { kind, blocks } of groups) {
      for (const { name, labels, columns, rows, signed } of blocks) {
        const prefix = prefixOf(tower, kind, name);
        const shape = [labels.length, columns];
        yield later(`${prefix}/labels`, 'I32', [labels.length], () => new Uint8Array(labels.slice().buffer));
        yield later(`${prefix}/rows`, 'BF16', shape, () => narrow('BF16', rows()));
        if (signed) yield later(`${prefix}/signed`, 'BF16', shape, () => narrow('BF16', signed()));
      }
    }
    if (embedding)
      yield later(embeddingOf(tower), 'BF16', [embedding.tokens.length, hiddenSize], () =>
        narrow('BF16', embedding.rows()),
      );
  }
  if (!tokens) return;
  const { ids, merges = null, digest } = tokens;
  const json = Buffer.from(JSON.stringify({ ids: [...ids], merges, digest }));
  yield later(TOKENS, 'U8', [json.length], () => json);
}

/** The description of a sample: all but its numbers. */
const outlineOf = ({ family, towers, untested }: Sample): Outline => ({
  family,
  untested: [...untested],
  towers: towers.map(({ name, hiddenSize, layers, groups, embedding, fixedBasis }) => ({
    name,
    hiddenSize,
    layers,
    fixedBasis: fixedBasis ?? null,
    tokens: embedding ? [...embedding.tokens] : null,
    groups: groups.map(({ kind, blocks }) => ({
      kind,
      blocks: blocks.map(({ name: block, layer, size, columns, labels, signed }) => ({
        name: block,
        layer,
        size,
        columns,
        rows: labels.length,
        signed: signed !== undefined,
      })),
    })),
  })),
});

/** Writes a sketch, whole or not at all. Its values are rounded to bfloat16. */
export function writeSketch(path: string, sample: Sample, tokens: StoredModel['tokens'], about: SketchAbout): void {
  const description = JSON.stringify({ formatVersion: 1, about, outline: outlineOf(sample) });
  writeFileAtomic(path, (fd) => writeSafetensors(fd, piecesOf(sample, tokens), { [MEMBER]: description }));
}

const broken = (path: string, what: string): JikjiError =>
  new JikjiError('sketch-broken', what, path, 'get the sketch again from the office that made it');

function widened(bytes: Uint8Array): Float32Array {
  const values = new Float32Array(bytes.length / 2);
  widen('BF16', bytes, values);
  return values;
}

/** Reads tensors that the description names, and checks that they are what it says. */
class SketchTensors {
  readonly #file: Safetensors;
  readonly #named = new Set<string>();

  constructor(file: Safetensors) {
    this.#file = file;
  }

  /** Checks type and shape of a tensor, and returns what reads it. A block that is named twice would count twice. */
  reader(name: string, dtype: DType, shape: number[]): () => Uint8Array {
    if (this.#named.has(name)) throw broken(this.#file.path, `${shownName(name)} is described twice`);
    this.#named.add(name);
    const info = this.#file.tensors.get(name);
    if (info?.dtype !== dtype || info.shape.join() !== shape.join())
      throw broken(this.#file.path, `${shownName(name)} is not of the type and shape that the sketch describes`);
    return () => {
      const bytes = new Uint8Array(info.byteLength);
      this.#file.read(name, bytes);
      return bytes;
    };
  }

  block(
    tower: string,
    kind: string,
    outline: Outline['towers'][number]['groups'][number]['blocks'][number],
  ): SampledBlock {
    const { name, layer, size, columns, rows, signed } = outline;
    const prefix = prefixOf(tower, kind, name);
    const labels = new Uint32Array(this.reader(`${prefix}/labels`, 'I32', [rows])().buffer);
    if (labels.some((label, i) => label >= size || (i > 0 && label <= labels[i - 1]!)))
      throw broken(this.#file.path, `the labels of ${shownName(prefix)} do not rise, or are of no unit`);
    const readRows = this.reader(`${prefix}/rows`, 'BF16', [rows, columns]);
    const readSigned = signed ? this.reader(`${prefix}/signed`, 'BF16', [rows, columns]) : undefined;
    return {
      name,
      layer,
      size,
      columns,
      labels,
      rows: () => widened(readRows()),
      signed: readSigned && (() => widened(readSigned())),
    };
  }

  tower(outline: Outline['towers'][number]): SampledTower {
    const { name, hiddenSize, layers, fixedBasis, tokens, groups } = outline;
    if (groups.some(({ blocks }) => blocks.some(({ layer }) => layer >= layers)))
      throw broken(this.#file.path, `a block is of a layer that its tower of ${layers} layers does not have`);
    const rows = tokens ? this.reader(embeddingOf(name), 'BF16', [tokens.length, hiddenSize]) : undefined;
    return {
      name,
      hiddenSize,
      layers,
      fixedBasis: fixedBasis ?? undefined,
      groups: groups.map(({ kind, blocks }) => ({
        kind,
        blocks: blocks.map((block) => this.block(name, kind, block)),
      })),
      embedding: tokens && rows ? { tokens, rows: () => widened(rows()) } : undefined,
    };
  }

  tokens(): StoredModel['tokens'] {
    const info = this.#file.tensors.get(TOKENS);
    if (!info) return undefined;
    if (info.byteLength > MAX_TOKENS_BYTES) throw broken(this.#file.path, `${info.byteLength} bytes of tokens`);
    const text = Buffer.from(this.reader(TOKENS, 'U8', [info.byteLength])()).toString();
    const parsed = tokensSchema.safeParse(parseJson(text, () => broken(this.#file.path, 'its tokens are not JSON')));
    if (!parsed.success) throw broken(this.#file.path, 'its tokens have no valid form');
    const { ids, merges, digest } = parsed.data;
    return { ids: new Map(ids), merges: merges ?? undefined, digest };
  }
}

/**
 * Opens a sketch; undefined for a safetensors file that is none.
 * @throws JikjiError `file-missing`, `safetensors-broken`, `sketch-broken`
 */
export function openSketch(path: string): Sketch | undefined {
  const file = Safetensors.open(path);
  try {
    const text = file.metadata[MEMBER];
    if (text === undefined) {
      file.close();
      return undefined;
    }
    const parsed = descriptionSchema.safeParse(parseJson(text, () => broken(path, 'its description is not JSON')));
    if (!parsed.success)
      throw broken(path, `its description has no valid form: ${parsed.error.issues[0]?.path.join('.')}`);
    const { about, outline } = parsed.data;
    const tensors = new SketchTensors(file);
    const towers = outline.towers.map((tower) => tensors.tower(tower));
    const sample = { family: outline.family, untested: outline.untested, towers };
    return { about, sample, tokens: tensors.tokens(), close: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}
