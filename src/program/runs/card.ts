// A model's card: what its folder says of it, read without opening its weights. Follows no links: a card must not show other files.

import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { fromHuggingFace, parameterCount } from '../../foundry/model/index.ts';
import { RECIPE, SEAL } from '../../run-folder/index.ts';
import { readOrNote, statementOf } from './evidence.ts';

const MAX_CARD = 256 << 10;
const MAX_CONFIG = 256 << 10;
const MAX_FILES = 1000;
const MAX_EVALUATIONS = 50;
const MAX_SCORES = 500;

function isFile(path: string): boolean {
  try {
    return lstatSync(path).isFile();
  } catch {
    return false;
  }
}

/** Text of a plain file; undefined where there is none, or it is too large, or not a text. */
const textOf = (path: string, most: number): string | undefined =>
  isFile(path) ? readOrNote(path, [], () => readSmallFile(path, most)) : undefined;

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

/** What the signed evaluations in a run say of all of their task. Whether they are of this model, they alone say. */
function scoresIn(run: string) {
  return namesIn(join(run, 'evaluations'))
    .filter((name) => name.endsWith('.json'))
    .slice(0, MAX_EVALUATIONS)
    .flatMap((name) => {
      const predicate = statementOf(run, `evaluations/${name}`, 'evaluation')?.predicate;
      return (predicate?.results ?? [])
        .filter(({ part }) => part === null)
        .map(({ metric, value, stderr, n }) => ({ task: predicate!.name, metric, value, stderr, n }));
    })
    .slice(0, MAX_SCORES);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort().slice(0, MAX_FILES);
  } catch {
    return [];
  }
}

export type Card = ReturnType<typeof cardOf>;

/**
 * The card of a run's finished model, or of a Hugging Face folder.
 * @throws JikjiError `model-missing` where there is neither
 */
export function cardOf(folder: string) {
  const isRun = isFile(join(folder, RECIPE));
  const model = isRun ? join(folder, 'model') : folder;
  const names = namesIn(model);
  if (!names.includes('config.json')) {
    const hint = isRun ? 'a run has a model when it is finished' : 'see what was made here: jikji runs';
    throw new JikjiError('model-missing', 'there is no finished model here', folder, hint);
  }
  const config = textOf(join(model, 'config.json'), MAX_CONFIG);
  const sealed = isRun ? statementOf(folder, SEAL, 'seal')?.subjects : undefined;
  return {
    /** The model's README.md, Markdown of its maker; empty where it has none. */
    card: textOf(join(model, 'README.md'), MAX_CARD) ?? '',
    /** Null where there is none that can be read. */
    config: objectOf(config),
    /** Null where the config is not of a kind that we know. */
    parameters:
      (config && readOrNote('config.json', [], () => parameterCount(fromHuggingFace(config, 'config.json')))) || null,
    /** It has a chat template. */
    tuned:
      isFile(join(model, 'chat_template.jinja')) ||
      Object.hasOwn(objectOf(textOf(join(model, 'tokenizer_config.json'), MAX_CONFIG)) ?? {}, 'chat_template'),
    scores: isRun ? scoresIn(folder) : [],
    /** The digest is the one that the seal names. */
    files: names
      .filter((name) => isFile(join(model, name)))
      .map((name) => ({
        path: name,
        bytes: lstatSync(join(model, name)).size,
        sha256: sealed?.get(`model/${name}`) ?? null,
      })),
  };
}
