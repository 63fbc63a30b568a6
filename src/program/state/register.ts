// The office's register in the log: each entry `answer-registered` holds one line of the register. Answers older than the register
// (`lodging-given`) are not in it.

import { z } from 'zod';
import { parseStatement, Register } from '../../ledger/index.ts';
import { kind } from './kind.ts';
import { refusal } from './refusals.ts';
import type { Tables } from './tables.ts';

/** Verified line by line while the log is read. */
const registers = new WeakMap<Tables, Register>();

/** Id of a register entry's row among the lodgings. */
const idOf = (entry: number): string => `register-${entry}`;

/** The register of a programme, read-only; undefined before the office's first answer. */
export const registerOf = (tables: Tables): Register | undefined => registers.get(tables);

/** The whole register as text; undefined before the office's first answer. */
export function registerText(tables: Tables): string | undefined {
  const register = registerOf(tables);
  return register && [register.header, ...lines(tables)].join('');
}

/** The lines, in order, without the header. */
function* lines(tables: Tables): Generator<string> {
  for (let n = 1; ; n++) {
    const row = tables.get('lodgings', idOf(n));
    if (!row) return;
    yield row.statement;
  }
}

/** A new register from its first line, which names the office's key. @throws JikjiError `register-broken`, `statement-broken` */
function beginRegister(line: string): Register {
  let lodging: unknown;
  try {
    lodging = JSON.parse(line).lodging;
  } catch {
    // parseStatement refuses it below
  }
  const { officeKey } = parseStatement(String(lodging), 'lodging', 'the register').predicate;
  return Register.create(Buffer.from(officeKey, 'base64'));
}

/** An answer of the office to a request, a head or a seal: the next line of its register. */
export const answerRegistered = kind({
  shape: z.strictObject({ line: z.string().max(16 << 10) }),
  check(tables, { line }) {
    const [programme] = tables.all('programmes');
    const register = registers.get(tables) ?? beginRegister(line);
    if (programme?.officeKey !== register.office)
      throw refusal('signed-by-another', "this line does not belong to this office's register", 'register');
    register.verify(line, 'the register');
  },
  apply(tables, { line }, { seq }) {
    const register = registers.get(tables) ?? beginRegister(line);
    registers.set(tables, register);
    const { entry, kind: of, lodged } = register.add(register.verify(line, 'the register'));
    tables.put('lodgings', { id: idOf(entry), kind: of, requestDigest: lodged, statement: line, seq });
  },
});
