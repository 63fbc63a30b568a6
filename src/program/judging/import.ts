// Imports judgements collected elsewhere from a file of JSON lines: all or none.

import { readFileSync } from 'node:fs';
import { isObject, JikjiError, parseJson, systemCode } from '../../base/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import type { Programme } from '../programme/index.ts';
import * as refuse from './refusals.ts';

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
  const place = (line: number): string => `${file}:${line}`;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw refuse.fileUnreadable(file, systemCode(cause) ?? String(cause)).causedBy(cause);
  }
  const proposals = text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    let value: unknown;
    try {
      value = parseJson(line);
    } catch {
      throw refuse.lineNotJson(place(i + 1));
    }
    if (!isObject(value)) throw refuse.lineNoObject(place(i + 1));
    const missing = MEMBERS.find((member) => typeof value[member] !== 'string');
    if (missing !== undefined) throw refuse.memberMissing(place(i + 1), missing);
    const other = Object.keys(value).find((name) => !MEMBERS.includes(name));
    if (other !== undefined) throw refuse.memberUnknown(place(i + 1), other);
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
