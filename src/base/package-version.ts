// The version of this program.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const packageVersion = (): string =>
  JSON.parse(readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8')).version;
