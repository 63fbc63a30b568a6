// A model's card: what its folder says of it, read without opening its weights. Follows no links: a card must not show other files.

import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { fromHuggingFace, parameterCount } from '../../foundry/model/index.ts';
import { RECIPE, SEAL } from '../../run-folder/index.ts';
import { statementOf } from './evidence.ts';
import type { Card } from './types.ts';

const MOST_CARD = 256 << 10;
const MOST_CONFIG = 256 << 10;
const MOST_FILES = 1000;
const MOST_EVALUATIONS = 50;
const MOST_SCORES = 500;

function isFile(path: string): boolean {
  try {
    return lstatSync(path).isFile();
  } catch {
    return false;
  }
}

/** Text of a plain file; undefined where there is none, or it is too large, or is no text. */
function textOf(path: string, most: number): string | undefined {
  try {
    return isFile(path) ? readSmallFile(path, most) : undefined;
  } catch (error) {
    if (error instanceof JikjiError) return undefined;
    throw error;
  }
}

function objectOf(text: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** Null where the config is not of a kind that we know. */
function parametersOf(config: string): number | null {
  try {
    return parameterCount(fromHuggingFace(config, 'config.json'));
  } catch (error) {
    if (error instanceof JikjiError) return null;
    throw error;
  }
}

/** What the signed evaluations in a run say of all of their task. Whether they are of this model, they alone say. */
function scoresIn(run: string): Card['scores'] {
  return namesIn(join(run, 'evaluations'))
    .filter((name) => name.endsWith('.json'))
    .slice(0, MOST_EVALUATIONS)
    .flatMap((name) => {
      const predicate = statementOf(run, `evaluations/${name}`, 'evaluation')?.predicate;
      return (predicate?.results ?? [])
        .filter(({ part }) => part === null)
        .map(({ metric, value, stderr, n }) => ({ task: predicate!.name, metric, value, stderr, n }));
    })
    .slice(0, MOST_SCORES);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort().slice(0, MOST_FILES);
  } catch {
    return [];
  }
}

/**
 * The card of a run's finished model, or of a Hugging Face folder.
 * @throws JikjiError `model-missing` where there is neither
 */
export function cardOf(folder: string): Card {
  const isRun = isFile(join(folder, RECIPE));
  const model = isRun ? join(folder, 'model') : folder;
  const names = namesIn(model);
  if (!names.includes('config.json')) {
    const hint = isRun ? 'a run has a model when it is finished' : 'see what was made here: jikji runs';
    throw new JikjiError('model-missing', 'there is no finished model here', folder, hint);
  }
  const config = textOf(join(model, 'config.json'), MOST_CONFIG);
  const sealed = isRun ? statementOf(folder, SEAL, 'seal')?.subjects : undefined;
  return {
    card: textOf(join(model, 'README.md'), MOST_CARD) ?? '',
    config: objectOf(config),
    parameters: config === undefined ? null : parametersOf(config),
    tuned:
      isFile(join(model, 'chat_template.jinja')) ||
      Object.hasOwn(objectOf(textOf(join(model, 'tokenizer_config.json'), MOST_CONFIG)) ?? {}, 'chat_template'),
    scores: isRun ? scoresIn(folder) : [],
    files: names
      .filter((name) => isFile(join(model, name)))
      .map((name) => ({
        path: name,
        bytes: lstatSync(join(model, name)).size,
        sha256: sealed?.get(`model/${name}`) ?? null,
      })),
  };
}
