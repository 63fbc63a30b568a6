// Reads JSON Lines: one object per line.

import { isObject, parseJson } from '../../base/index.ts';
import { checkCount, DataError, type Row } from '../../formats/tables/index.ts';

/** @throws DataError */
export function linesRows(text: string): Row[] {
  const rows: Row[] = [];
  let number = 0;
  for (let from = 0; from < text.length; ) {
    const at = text.indexOf('\n', from);
    const end = at < 0 ? text.length : at;
    const line = text.slice(from, end);
    from = end + 1;
    number++;
    if (line.trim() === '') continue;
    const value = parseJson(line, () => new DataError(`line ${number} is not JSON`));
    if (!isObject(value)) throw new DataError(`line ${number} is not an object`);
    rows.push(value as Row);
    checkCount(rows.length);
  }
  return rows;
}
