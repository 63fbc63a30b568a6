// The office's counter-signature under a run's request, its heads on the way and its seal, kept in the register that the log holds. A
// file has one answer, so that nobody can ask for nonces until one suits him; another request for the same run, or another seal of
// it, is a new answer with the next number, and shows.

import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import { type Lodgeable, Register, type RegisterEntry, readLodgeable } from '../../ledger/index.ts';
import type { Programme } from '../programme/index.ts';
import { registerOf, type Tables } from '../state/index.ts';
import { act, type By, OFFICE_OR_CONSORTIUM } from './act.ts';
import { programmeOf } from './times.ts';

/** Answers of one maker: the log is read whole when it is opened, and the register by every auditor. */
const MAX_ANSWERS = 10_000;

/** What the office answered. */
interface Answer {
  /** The statement `lodging`. */
  text: string;
  /** False: it was answered before, and this is that answer. */
  fresh: boolean;
  /** Its entry in the register; null for an answer from before there was one. */
  entry: RegisterEntry | null;
}

/** An answer from before the log had a register. */
function earlier(tables: Tables, { kind, lodged }: Lodgeable): Answer | undefined {
  const row = tables.get('lodgings', lodged.slice(0, 32));
  const isThis = row?.kind === kind && row.requestDigest === lodged;
  return isThis ? { text: row.statement, fresh: false, entry: null } : undefined;
}

/** A team lodges what its own key has signed: nobody asks the office twice in its name. */
function requireOwnKey({ role, consortium }: By, tables: Tables, maker: string): void {
  if (role !== 'consortium' || tables.get('consortia', consortium!)?.makerKey === maker) return;
  const hint = 'sign with the key that the programme knows as yours, or name this one there first';
  throw new JikjiError('forbidden', 'this is signed with another key than that of the consortium', maker, hint);
}

export const lodge = act({
  summary: "Lodge a run's request, a head on its way, or its seal",
  who: OFFICE_OR_CONSORTIUM,
  input: z.strictObject({
    /** The text of a request.json, a seal.json, or of a maker's word on a head. */
    statement: z
      .string()
      .min(1)
      .max(1 << 18),
    /** With a seal: the text of the run's genesis.json. */
    genesis: z
      .string()
      .max(1 << 20)
      .optional(),
  }),
  async run(programme, { statement, genesis }, by) {
    const asked = readLodgeable(statement, genesis, 'statement');
    requireOwnKey(by, programme.tables, asked.maker);
    return { kind: asked.kind, ...(await answerLodged(programme, asked, by)) };
  },
});

/** The answer is in the log before it is given. */
export async function answerLodged(
  programme: Programme,
  asked: Lodgeable,
  by: By,
  most = MAX_ANSWERS,
): Promise<Answer> {
  const signer = await by.signer();
  programmeOf(programme.tables);
  const before = earlier(programme.tables, asked);
  if (before) return before;
  const entries = await programme.recordOnce(by.actor, (tables) => {
    const register = registerOf(tables) ?? Register.create(signer.publicKey);
    if (register.findAnswer(asked)) return [];
    if (register.answersOf(asked.maker) >= most)
      throw new JikjiError(
        'lodgings-full',
        `this maker has ${most} answers, and gets no more`,
        asked.maker,
        'keep fewer states (train.keepEvery): the head of each is lodged',
      );
    return [{ kind: 'answer-registered', data: { line: register.next(asked, signer) } }];
  });
  const entry = registerOf(programme.tables)?.findAnswer(asked);
  if (!entry) throw new Error('what was answered is not in the register');
  return { text: entry.lodging, fresh: entries.length > 0, entry };
}
