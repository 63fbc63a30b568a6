// Settings of a child process that runs what strangers wrote, such as templates: little memory, no environment, and it reads the program
// only.

import { createRequire } from 'node:module';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChildSettings } from './parent.ts';

/** Limit of V8's heap, in MiB. Buffers are outside the heap; their readers limit them. */
export const MAX_SANDBOX_HEAP = 320;

/** The folders that the process may read: the program and its packages. */
function readable(): string[] {
  const packages = `${sep}node_modules${sep}`;
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const one = createRequire(import.meta.url).resolve('@huggingface/jinja');
  return [root, one].map((path) => {
    const at = path.indexOf(packages);
    return at < 0 ? path : path.slice(0, at + packages.length);
  });
}

/** Flags of Node for the process: limits its memory, and lets it read the program only. */
export const sandboxFlags = (): string[] => [
  `--max-old-space-size=${MAX_SANDBOX_HEAP}`,
  '--max-semi-space-size=16',
  '--permission',
  ...readable().map((folder) => `--allow-fs-read=${folder}*`),
  '--no-warnings',
];

/** Settings of the process: it gets no environment. */
export const sandboxSettings = (): ChildSettings => ({ flags: sandboxFlags(), env: {} });
