// The licence in the README.md of a Hugging Face folder.

import { existsSync } from 'node:fs';
import { parse } from 'yaml';
import { readSmallFile } from '../../formats/index.ts';

/** The Hub's name of the licence (`apache-2.0`) in the front matter of a model card; undefined if there is none. */
export function licenseOf(readme: string): string | undefined {
  if (!existsSync(readme)) return undefined;
  try {
    const [, front] = /^---\r?\n([\s\S]{0,65536}?)\r?\n---\r?\n/.exec(readSmallFile(readme, 16 << 20)) ?? [];
    const license = parse(front ?? '', { maxAliasCount: 0, logLevel: 'silent' })?.license;
    return typeof license === 'string' && /^[A-Za-z0-9][A-Za-z0-9.+-]{0,99}$/.test(license) ? license : undefined;
  } catch {
    return undefined; // not a readable card
  }
}
