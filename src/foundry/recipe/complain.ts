// What the schema found wrong, in words: names the key, the line and the way out. Decides nothing.

import type { z } from 'zod';
import type { JikjiError } from '../../base/index.ts';
import {
  describe,
  nearestName,
  type Path,
  type Places,
  type Plain,
  showPath,
  valueAt,
  WANTED,
} from '../../formats/index.ts';
import { allKeys, IN_WORDS, keysAt } from './schema.ts';

function unknownKey(section: Path, key: string, places: Places): JikjiError {
  const path = [...section, key];
  const here = keysAt(section);
  // A key of another section (steps under model) is as likely as a slip of the pen.
  const near = nearestName(key, here);
  const elsewhere = allKeys().filter((other) => other.at(-1) === key || showPath(other) === key);
  const others = elsewhere.map((other) => showPath(other).replace('[0]', '[]'));
  const hint =
    near && (near.distance <= 1 || others.length === 0)
      ? `did you mean ${showPath([...section, near.name])}?`
      : others.length
        ? `did you mean ${others.join(' or ')}?`
        : `${section.length ? showPath(section) : 'a recipe'} takes ${here.join(', ')}`;
  return places.error('recipe-unknown-key', path, `unknown key ${showPath(path)}`, hint);
}

/** The most telling of the issues as one error. An unknown key comes first: it often explains the others. */
export function complain(issues: readonly z.core.$ZodIssue[], recipe: Plain, places: Places): JikjiError {
  const issue = issues.find((one) => one.code === 'unrecognized_keys') ?? issues[0];
  const path = issue.path as Path;
  const name = path.length ? showPath(path) : 'the recipe';
  const found = valueAt(recipe, path);
  const range = (hint: string) => places.error('recipe-range', path, `${name} is ${describe(found)}`, hint);
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKey(path, issue.keys[0], places);
    case 'invalid_type': {
      if (found === undefined) {
        const hint = name.startsWith('corpus')
          ? 'say which texts to learn from: corpus.sources'
          : `give ${name} a value`;
        return places.error('recipe-missing-key', path, `${name} is missing`, hint);
      }
      const wanted = WANTED[issue.expected] ?? issue.expected;
      const message = `${name} must be ${wanted}, not ${describe(found)}`;
      const quote = issue.expected === 'string' && found !== null && typeof found !== 'object';
      return places.error('recipe-type', path, message, quote ? `put it in quotes: "${found}"` : `write ${wanted}`);
    }
    case 'too_small':
    case 'too_big': {
      const limit = issue.code === 'too_small' ? issue.minimum : issue.maximum;
      if (issue.origin === 'array') {
        return places.error(
          'recipe-range',
          path,
          `${name} has ${(found as Plain[]).length} items`,
          issue.code === 'too_small' ? 'name at least one' : `at most ${limit} are allowed`,
        );
      }
      if (issue.origin === 'string') return range(`at most ${limit} characters are allowed`);
      const bound = issue.code === 'too_small' ? ['above', 'at least'] : ['below', 'at most'];
      return range(`${name} must be ${bound[issue.inclusive ? 1 : 0]} ${limit}`);
    }
    case 'invalid_format': {
      const words = IN_WORDS[(issue as { pattern?: string }).pattern ?? ''] ?? 'written differently';
      return range(`${name} must be ${words}`);
    }
    case 'invalid_value': {
      const near = typeof found === 'string' ? nearestName(found, issue.values.map(String)) : undefined;
      const hint = `${near ? `did you mean ${near.name}? ` : ''}${name} is one of ${issue.values.join(', ')}`;
      return range(hint);
    }
    case 'invalid_union': {
      const wanted =
        path.at(-1) === 'microBatchSize' ? 'auto or a whole number, at least 1' : 'one text or a list of texts';
      return range(`${name} must be ${wanted}`);
    }
    default:
      return places.error(
        'recipe-range',
        path,
        `${name} (${describe(found)}) ${issue.message}`,
        'choose another value',
      );
  }
}
