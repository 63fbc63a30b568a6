// The models whose configurations come with Jikji, in catalogue/models. Knows no measured step.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseJson } from '../base/index.ts';
import type { ModelShape } from './model-shape.ts';
import * as refuse from './refusals.ts';
import { readModelShape } from './shape-reader.ts';

const MODELS = join(import.meta.dirname, '../../catalogue/models');

/** Their names. */
export function shippedModels(): string[] {
  return readdirSync(MODELS)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -5));
}

const shapes = new Map<string, ModelShape>();

/** @throws JikjiError `plan-config` if no model of this name comes with Jikji */
export function shippedShape(name: string): ModelShape {
  let shape = shapes.get(name);
  if (shape === undefined) {
    const names = shippedModels();
    if (!names.includes(name)) throw refuse.modelUnknown(name, names);
    shape = readModelShape(parseJson(readFileSync(join(MODELS, `${name}.json`), 'utf8')), name);
    shapes.set(name, shape);
  }
  return shape;
}

/** The model that comes with Jikji and has this shape, whatever it is called; null if none has. */
export function shippedLike(shape: ModelShape): string | null {
  const isLike = (one: ModelShape) =>
    one.hiddenSize === shape.hiddenSize &&
    one.layers.length === shape.layers.length &&
    isDeepStrictEqual({ ...one, name: '' }, { ...shape, name: '' });
  return shippedModels().find((name) => isLike(shippedShape(name))) ?? null;
}
