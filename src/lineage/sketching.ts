// Makes a sketch of a model: what a comparison reads of it, in a file.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { JikjiError } from '../base/index.ts';
import { limitsOf, tokensOf } from './drawing.ts';
import { openCompared } from './open.ts';
import { type SketchAbout, sampleModel, writeSketch } from './sketch/index.ts';

export interface SketchOptions {
  out: string;
  rows: number;
  /** 64 hexadecimal digits; drawn here where there is none. Sketches of one key can be compared with each other. */
  key?: string | undefined;
  onPart?: (part: string) => void;
}

/** @throws JikjiError for a model that cannot be read, `output-exists` */
export function makeSketch(path: string, { out, rows, key: given, onPart = () => {} }: SketchOptions): SketchAbout {
  if (existsSync(out)) {
    const hint = 'choose another name with --out, or remove it';
    throw new JikjiError('output-exists', 'this file exists already', out, hint);
  }
  const opened = openCompared(path, (_, part) => onPart(part));
  try {
    const { model, facts } = opened;
    if (!model) throw new JikjiError('usage', 'this is a sketch already', path, 'name the model');
    const key = given ?? randomBytes(32).toString('hex');
    const sample = sampleModel(model, { key, tokens: tokensOf(key, [model]), limits: limitsOf(rows) });
    const { name, digest, bytes } = facts;
    const about = { name, digest, bytes, key, limit: rows, time: new Date().toISOString() };
    onPart('rows');
    writeSketch(out, sample, model.tokens, about);
    return about;
  } finally {
    opened.close();
  }
}
