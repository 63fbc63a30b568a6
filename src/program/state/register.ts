// The office's register in the log: each entry `answer-registered` holds one line of the register. Answers older than the register
// (`lodging-given`) are not in it.

import { z } from 'zod';
import { finiteOrNull, parseJson } from '../../base/index.ts';
import { MAX_RECORD, parseStatement, RecordLine, Register, type RegisterEntry } from '../../ledger/index.ts';
import { digest } from './fields.ts';
import { kind } from './kind.ts';
import { headRecordDiffers, registerOfAnother } from './refusals/things.ts';
import type { Row } from './rows.ts';
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
    lodging = (parseJson(line) as { lodging: unknown }).lodging;
  } catch {
    // parseStatement refuses it below
  }
  const { officeKey } = parseStatement(String(lodging), 'lodging', 'the register').predicate;
  return Register.create(Buffer.from(officeKey, 'base64'));
}

/**
 * The record of the transcript whose link a lodged head is, as the maker sent it with the head: its line, and the link before it. That the
 * head is the link of this line shows that the maker had these figures by then; not that they are true.
 */
export const headRecord = z.strictObject({ before: digest, line: z.string().min(1).max(MAX_RECORD) });

type Figures = NonNullable<Row<'lodgings'>['figures']>;

/** The figures of a head's record. @throws JikjiError `head-record-differs` */
function figuresIn({ before, line }: z.infer<typeof headRecord>, { head, step }: RegisterEntry): Figures {
  const record = new RecordLine();
  const bytes = Buffer.from(line);
  const isRecord = record.read(bytes, 0, bytes.length);
  if (!isRecord || head === null || record.step !== step || record.link !== head || record.linkAfter(before) !== head)
    throw headRecordDiffers(line.slice(0, 100));
  const { loss, gradNorm, learningRate } = record;
  return { loss: finiteOrNull(loss), gradNorm: finiteOrNull(gradNorm), learningRate: finiteOrNull(learningRate) };
}

/** The figures that a maker sent with a lodged head; null without them. */
export const figuresOf = (tables: Tables, entry: number): Figures | null =>
  tables.get('lodgings', idOf(entry))?.figures ?? null;

/** An answer of the office to a request, a head or a seal: the next line of its register. */
export const answerRegistered = kind({
  shape: z.strictObject({ line: z.string().max(16 << 10), record: headRecord.optional() }),
  check(tables, { line, record }) {
    const [programme] = tables.all('programmes');
    const register = registers.get(tables) ?? beginRegister(line);
    if (programme?.officeKey !== register.office) throw registerOfAnother('register');
    const entry = register.verify(line, 'the register');
    if (record) figuresIn(record, entry);
  },
  apply(tables, { line, record }, { seq }) {
    const register = registers.get(tables) ?? beginRegister(line);
    registers.set(tables, register);
    const added = register.add(register.verify(line, 'the register'));
    const figures = record && figuresIn(record, added);
    const { entry, kind: of, lodged } = added;
    tables.put('lodgings', {
      id: idOf(entry),
      kind: of,
      requestDigest: lodged,
      statement: line,
      ...(figures && { figures }),
      seq,
    });
  },
});
