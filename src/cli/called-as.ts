// The command that starts Jikji from the current folder, for hints and examples: `jikji`, `bin/jikji`, or a full path.

import { accessSync, constants, realpathSync } from 'node:fs';
import { delimiter, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shellWord } from '../base/index.ts';

/** The file that starts Jikji. */
export const EXECUTABLE = fileURLToPath(new URL('../../bin/jikji', import.meta.url));

function executablePath(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

const cache = new Map<string, string>();

/** The shortest text that starts Jikji from the current folder. Cached: the help text of every verb contains it. */
export function calledAs(): string {
  const [path, folder] = [process.env.PATH ?? '', process.cwd()];
  const key = `${path}\0${folder}`;
  const text = cache.get(key) ?? findCommand(path, folder);
  cache.set(key, text);
  return text;
}

function findCommand(path: string, from: string): string {
  const target = executablePath(EXECUTABLE);
  if (target === undefined) return 'jikji';
  for (const folder of path.split(delimiter)) {
    if (folder && executablePath(join(folder, 'jikji')) === target) return 'jikji';
  }
  const near = relative(from, target);
  if (near.startsWith(`..${sep}`)) return shellWord(target);
  return shellWord(near.includes(sep) ? near : `.${sep}${near}`);
}
