// `jsonl`: a line is a JSON object, one field of it the document. Lines without the field are counted, not refused.

import { JikjiError, parseJson } from '../../../base/index.ts';
import { LineSplitter } from '../lines.ts';
import type { Reader, ReaderContext } from './reader.ts';

export function jsonlReader({ label, field = 'text', document, drop }: ReaderContext): Reader {
  const keys = field.split('.');
  const splitter = new LineSplitter(label, (line, number) => {
    if (line.trim() === '') return;
    let value = parseJson(line, (cause) => {
      const message = `line ${number} is not JSON: ${(cause as Error).message}`;
      const hint = 'correct the line, or choose the reader that fits the file';
      return new JikjiError('source-broken', message, label, hint, { cause });
    });
    for (const key of keys) {
      const inside = value !== null && typeof value === 'object' && Object.hasOwn(value, key);
      value = inside ? (value as Record<string, unknown>)[key] : undefined;
    }
    if (typeof value === 'string') document(value);
    else drop('no-field');
  });
  return { push: (text) => splitter.push(text), end: () => splitter.end() };
}
