// Makes a sketch of a model: what a comparison reads of it, in a file.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { JikjiError } from '../base/index.ts';
import { digestOfFile } from '../ledger/index.ts';
import { limitsOf, tokensOf } from './drawing.ts';
import { openCompared } from './open.ts';
import { openSketch, type SketchAbout, sampleModel, writeSketch } from './sketch/index.ts';

export interface SketchOptions {
  out: string;
  rows: number;
  /** An earlier sketch whose rows are drawn again, so that the two can be compared. */
  like?: string | undefined;
  /** Digests by the names of weight files, known from elsewhere: without them all files are read. */
  digests?: ReadonlyMap<string, string> | undefined;
  onPart?: (part: string) => void;
}

/** What may be told of a sketch. */
interface MadeSketch extends Omit<SketchAbout, 'key'> {
  /** SHA-256 of the sketch's file. */
  sha256: string;
}

/** The draw of an earlier sketch. */
function drawOf(like: string): Pick<SketchAbout, 'key' | 'limit'> {
  const sketch = openSketch(like);
  if (!sketch)
    throw new JikjiError('sketch-broken', 'this file is no sketch', like, 'name a file that `lineage sketch` wrote');
  sketch.close();
  return sketch.about;
}

/**
 * The key stays in the file: who knows it knows which rows are compared.
 * @throws JikjiError for a model that cannot be read, `output-exists`
 */
export function makeSketch(path: string, options: SketchOptions): MadeSketch {
  const { out, like, onPart = () => {} } = options;
  if (existsSync(out)) {
    const hint = 'choose another name with --out, or remove it';
    throw new JikjiError('output-exists', 'this file exists already', out, hint);
  }
  const opened = openCompared(path, (_, part) => onPart(part), options.digests);
  try {
    const { model, facts } = opened;
    if (!model) throw new JikjiError('usage', 'this is a sketch already', path, 'name the model');
    const drawn = like === undefined ? undefined : drawOf(like);
    const key = drawn?.key ?? randomBytes(32).toString('hex');
    const rows = drawn?.limit ?? options.rows;
    const sample = sampleModel(model, { key, tokens: tokensOf(key, [model]), limits: limitsOf(rows) });
    const { name, digest, bytes } = facts;
    const given = options.digests !== undefined;
    const about = { name, digest, given, bytes, limit: rows, time: new Date().toISOString() };
    onPart('rows');
    writeSketch(out, sample, model.tokens, { ...about, key });
    return { ...about, sha256: digestOfFile(out) };
  } finally {
    opened.close();
  }
}
