// The examples of docs/library.md, as files: the one source of them is the page.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = join(import.meta.dirname, '../../../docs/library.md');

export interface Example {
  /** The heading above it, in lower case: `make`. */
  name: string;
  code: string;
}

/** All examples, in the order of the page, which is the one to run them in. */
export function readExamples(): Example[] {
  let name = '';
  const found: Example[] = [];
  for (const [, heading, code] of readFileSync(PAGE, 'utf8').matchAll(/^## (.+)$|^```js\n([\s\S]*?)^```$/gm)) {
    if (heading !== undefined) name = heading.toLowerCase();
    else found.push({ name, code: code! });
  }
  return found;
}

/** Lines that an example prints, where the page says so: `console.log(...); // line`. */
export const promised = (code: string): string[] =>
  [...code.matchAll(/^ *console\.log\(.*\); \/\/ (.+)$/gm)].map(([, text]) => text!);
