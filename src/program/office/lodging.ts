// The office's counter-signatures on a run's request, heads and seal, kept in the register in the log. Each file gets one answer, so that
// a maker cannot ask for nonces until one is favourable. Another request or seal of the same run gets a new answer with the next number,
// which everybody can see.

import { z } from 'zod';
import { type Lodgeable, Register, type RegisterEntry, readLodgeable } from '../../ledger/index.ts';
import type { Programme } from '../programme/index.ts';
import { headRecord, registerOf, type Tables } from '../state/index.ts';
import { act, type By, OFFICE_OR_CONSORTIUM } from './act.ts';
import * as refuse from './refusals/acts.ts';
import { MAX_FILE_LENGTH } from './shapes.ts';
import { programmeOf } from './times.ts';

/** Answers for one maker. The log is read whole when it is opened, and every auditor reads the whole register. */
const MAX_ANSWERS = 10_000;
const MAX_STATEMENT_LENGTH = 1 << 18;

/** An answer of the office. */
interface Answer {
  /** The statement `lodging`. */
  text: string;
  /** False: this is the earlier answer to the same file. */
  fresh: boolean;
  /** Entry in the register; null for an answer older than the register. */
  entry: RegisterEntry | null;
}

/** An answer older than the register. */
function answerWithoutRegister(tables: Tables, { kind, lodged }: Lodgeable): Answer | undefined {
  const row = tables.get('lodgings', lodged.slice(0, 32));
  const isThis = row?.kind === kind && row.requestDigest === lodged;
  return isThis ? { text: row.statement, fresh: false, entry: null } : undefined;
}

/** A team lodges only statements signed with its own key, so that nobody lodges in its name; of a run that it handed over, with the next key. @throws JikjiError `forbidden` */
function requireOwnKey({ role, consortium }: By, tables: Tables, { kind, maker, subject }: Lodgeable): void {
  if (role !== 'consortium') return;
  const key = tables.get('consortia', consortium!)?.makerKey;
  if (key === maker) return;
  // A run that began with the team's key may have been handed over: its hand-overs were lodged before.
  const follows = kind === 'head' || kind === 'seal' || kind === 'hand-over';
  if (follows && key && registerOf(tables)?.isHandedOver(subject, key, maker)) return;
  throw refuse.makerKeyOfAnother(maker);
}

export const lodge = act({
  summary: "Lodge a run's request, a head on its way, its seal, or a model's digest",
  roles: OFFICE_OR_CONSORTIUM,
  input: z.strictObject({
    /** The text of a request.json or a seal.json, or the maker's statement of a head. */
    statement: z.string().min(1).max(MAX_STATEMENT_LENGTH),
    /** With a seal: the text of the run's genesis.json. */
    genesis: z.string().max(MAX_FILE_LENGTH).optional(),
    /** With a head: the record of its step, so that its figures are shown. Everybody can read them. */
    record: headRecord.optional(),
  }),
  async run(programme, { statement, genesis, record }, by) {
    const asked = readLodgeable(statement, genesis, 'statement');
    requireOwnKey(by, programme.tables, asked);
    return { kind: asked.kind, ...(await answerLodged(programme, asked, by, { record })) };
  },
});

/**
 * Writes the answer to the log, with a head's record if there is one, then returns it.
 * @throws JikjiError `lodgings-full`, `head-record-differs`
 */
export async function answerLodged(
  programme: Programme,
  asked: Lodgeable,
  by: By,
  { record, maxAnswers = MAX_ANSWERS }: { record?: z.infer<typeof headRecord> | undefined; maxAnswers?: number } = {},
): Promise<Answer> {
  const signer = await by.signer();
  programmeOf(programme.tables);
  const before = answerWithoutRegister(programme.tables, asked);
  if (before) return before;
  const entries = await programme.recordOnce(by.actor, (tables) => {
    const register = registerOf(tables) ?? Register.create(signer.publicKey);
    if (register.findAnswer(asked)) return [];
    if (register.answersOf(asked.maker) >= maxAnswers) throw refuse.lodgingsFull(asked.maker, maxAnswers);
    return [{ kind: 'answer-registered', data: { line: register.next(asked, signer), ...(record && { record }) } }];
  });
  const entry = registerOf(programme.tables)?.findAnswer(asked);
  if (!entry) throw new Error('the answer is not in the register');
  return { text: entry.lodging, fresh: entries.length > 0, entry };
}
