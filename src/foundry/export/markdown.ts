// The pieces of Markdown that a model card is made of.

import type { Evaluation } from './evaluations.ts';

const oneLine = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ');

/** Untrusted text as one cell of a table. */
export const cell = (text: string): string => oneLine(text).replace(/[\\`*_{}[\]<>|#!~]/g, '\\$&');

/** Untrusted text in a sentence: as code, so that it cannot go on as if it were the sentence. */
export const code = (text: string): string => `\`${oneLine(text).replaceAll('`', "'")}\``;

export const number = (x: number): string => String(Number(x.toPrecision(6)));

export const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** The first digits of a statement's digest, and of its key where it is not the maker's. */
export const signedIn = ({ digest, keyid }: Evaluation, makerKey: string): string =>
  `\`${digest.slice(0, 16)}\`${keyid === makerKey ? '' : `, key \`${keyid.slice(0, 16)}\``}`;
