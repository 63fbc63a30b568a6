// A model's card, read from its folder without its weights. Follows no links: a card must not show other files.

import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, parseJson } from '../../base/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { fromHuggingFace, parameterCount } from '../../foundry/model/index.ts';
import { RECIPE, SEAL } from '../../run-folder/index.ts';
import { statementOf } from './evidence.ts';
import { readOrNote } from './read-or-note.ts';
import { noModel, unfinishedModel } from './refusals.ts';

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

/** The text of a plain file; undefined if it is missing, too large, or not text. */
const textOf = (path: string, maxBytes: number): string | undefined =>
  isFile(path) ? readOrNote(path, [], () => readSmallFile(path, maxBytes)) : undefined;

function objectOf(text: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = parseJson(text ?? '');
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * Results of the signed evaluations in a run: over whole tasks, and over parts where they are beside a baseline. That they are of this
 * model is only stated, not verified.
 */
function scoresIn(run: string) {
  return namesIn(join(run, 'evaluations'))
    .filter((name) => name.endsWith('.json'))
    .slice(0, MAX_EVALUATIONS)
    .flatMap((name) => {
      const predicate = statementOf(run, `evaluations/${name}`, 'evaluation')?.predicate;
      return (predicate?.results ?? [])
        .filter(({ part, metric }) => part === null || metric === 'above_baseline')
        .map(({ part, metric, value, stderr, n }) => {
          const task = part === null ? predicate!.name : `${predicate!.name}: ${part}`;
          return { task, metric, value, stderr, n };
        });
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
 * @throws JikjiError `model-missing` if there is neither
 */
export function cardOf(folder: string) {
  const isRun = isFile(join(folder, RECIPE));
  const model = isRun ? join(folder, 'model') : folder;
  const names = namesIn(model);
  if (!names.includes('config.json')) throw isRun ? unfinishedModel(folder) : noModel(folder);
  const config = textOf(join(model, 'config.json'), MAX_CONFIG);
  const sealed = isRun ? statementOf(folder, SEAL, 'seal')?.subjects : undefined;
  return {
    /** The model's README.md in Markdown, written by its maker; empty without one. */
    card: textOf(join(model, 'README.md'), MAX_CARD) ?? '',
    /** Null if it cannot be read. */
    config: objectOf(config),
    /** Null for an unknown architecture. */
    parameters:
      (config && readOrNote('config.json', [], () => parameterCount(fromHuggingFace(config, 'config.json')))) || null,
    /** Whether it has a chat template. */
    tuned:
      isFile(join(model, 'chat_template.jinja')) ||
      Object.hasOwn(objectOf(textOf(join(model, 'tokenizer_config.json'), MAX_CONFIG)) ?? {}, 'chat_template'),
    scores: isRun ? scoresIn(folder) : [],
    /** Digests come from the seal. */
    files: names
      .filter((name) => isFile(join(model, name)))
      .map((name) => ({
        path: name,
        bytes: lstatSync(join(model, name)).size,
        sha256: sealed?.get(`model/${name}`) ?? null,
      })),
  };
}
