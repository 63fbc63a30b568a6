// Imports judgements collected elsewhere from a file of JSON lines: all or none.

import { readFileSync } from 'node:fs';
import { isObject, JikjiError, parseJson, systemCode } from '../../base/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import type { Programme } from '../programme/index.ts';

const MEMBERS = ['judge', 'a', 'b', 'choice', 'item'];

/**
 * Each line is `{"judge": "kim", "a": "azalea", "b": "camellia", "choice": "a", "item": "17"}`; choice is a, b or tie.
 * Returns the number of judgements.
 * @throws JikjiError `file-missing`, `judgements-broken` (names the line), and as the log refuses
 */
export async function importJudgements(
  programme: Programme,
  stage: string,
  file: string,
  actor: string,
): Promise<number> {
  const hint = `a line is {${MEMBERS.map((m) => `"${m}": ...`).join(', ')}}`;
  const broken = (line: number, why: string): JikjiError =>
    new JikjiError('judgements-broken', why, `${file}:${line}`, hint);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const message = `cannot be read: ${systemCode(cause) ?? cause}`;
    throw new JikjiError('file-missing', message, file, 'check the path', { cause });
  }
  const proposals = text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    let value: unknown;
    try {
      value = parseJson(line);
    } catch {
      throw broken(i + 1, 'this line is not JSON');
    }
    if (!isObject(value)) throw broken(i + 1, 'this line is not an object');
    const missing = MEMBERS.find((member) => typeof value[member] !== 'string');
    if (missing !== undefined) throw broken(i + 1, `"${missing}" is missing or not a string`);
    const other = Object.keys(value).find((name) => !MEMBERS.includes(name));
    if (other !== undefined) throw broken(i + 1, `a judgement has no member "${other}"`);
    // Equal lines in a stage give equal ids, so a second import is refused.
    const id = `j-${sha256Hex(`${stage} ${line.trim()}`).slice(0, 32)}`;
    return [{ kind: 'judgement-given', data: { id, stage, ...value }, line: i + 1 }];
  });
  try {
    await programme.record(actor, proposals);
  } catch (error) {
    if (!(error instanceof JikjiError) || error.code.startsWith('database-')) throw error;
    const at = proposals.find(({ data }) => error.input === data.id || Object.values(data).includes(error.input));
    throw at ? error.reworded({ input: `${file}:${at.line}, ${error.input}` }) : error;
  }
  return proposals.length;
}
