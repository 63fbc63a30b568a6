// The office's register, as the log has it: each answer of the office is an entry of the log whose text is a line of the register.
// What was lodged before the log had a register (`lodging-given`) has its answer, and stands in no register.

import { z } from 'zod';
import { parseStatement, Register } from '../../ledger/index.ts';
import { kind } from './kind.ts';
import { refused } from './refusals.ts';
import type { Tables } from './tables.ts';

/** Verified line by line as the log was read. */
const registers = new WeakMap<Tables, Register>();

/** Where the answers of the register stand among the lodgings. */
const idOf = (entry: number): string => `register-${entry}`;

/** The register of a programme; undefined before its office has answered anything. Read it, and add nothing. */
export const registerOf = (tables: Tables): Register | undefined => registers.get(tables);

/** The whole register as a text of lines; undefined before the office has answered anything. */
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

/** The register that a first line begins: it names the office's key. @throws JikjiError `register-broken`, `statement-broken` */
function begun(line: string): Register {
  let lodging: unknown;
  try {
    lodging = JSON.parse(line).lodging;
  } catch {
    // an empty one is refused below
  }
  const { officeKey } = parseStatement(String(lodging), 'lodging', 'the register').predicate;
  return Register.create(Buffer.from(officeKey, 'base64'));
}

/** An answer of the office to a request, a head or a seal: the next line of its register. */
export const answerRegistered = kind({
  shape: z.strictObject({ line: z.string().max(16 << 10) }),
  check(tables, { line }) {
    const [programme] = tables.all('programmes');
    const register = registers.get(tables) ?? begun(line);
    if (programme?.officeKey !== register.office)
      throw refused('signed-by-another', 'this line is not of the register of this office', 'register');
    register.verify(line, 'the register');
  },
  apply(tables, { line }, { seq }) {
    const register = registers.get(tables) ?? begun(line);
    registers.set(tables, register);
    const { entry, kind: of, lodged } = register.add(register.verify(line, 'the register'));
    tables.put('lodgings', { id: idOf(entry), kind: of, requestDigest: lodged, statement: line, seq });
  },
});
