// The office's counter-signature under a run's request, its heads on the way and its seal, kept in the register that the log holds. A
// file has one answer, so that nobody can ask for nonces until one suits him; another request for the same run, or another seal of
// it, is a new answer with the next number, and shows.

import { JikjiError } from '../../base/index.ts';
import { type Lodgeable, Register, type RegisterEntry, type Signer } from '../../ledger/index.ts';
import type { Programme } from '../programme/index.ts';
import { registerOf, type Tables } from '../state/index.ts';
import { programmeOf } from './times.ts';

/** Answers of one maker: the log is read whole when it is opened, and the register by every auditor. */
const MAX_ANSWERS = 10_000;

/** What the office answered. */
export interface Answer {
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
  return row && row.kind === kind && row.requestDigest === lodged
    ? { text: String(row.statement), fresh: false, entry: null }
    : undefined;
}

/**
 * Answers what is lodged, and writes the answer to the log before it gives it.
 * @throws JikjiError `programme-missing`, `lodgings-full`, `register-full`, `register-other-office`
 */
export async function lodge(
  programme: Programme,
  signer: Signer,
  asked: Lodgeable,
  actor: string,
  most = MAX_ANSWERS,
): Promise<Answer> {
  programmeOf(programme.tables);
  const before = earlier(programme.tables, asked);
  if (before) return before;
  const entries = await programme.recordOnce(actor, (tables) => {
    const register = registerOf(tables) ?? Register.begin(signer.publicKey);
    if (register.answered(asked)) return [];
    if (register.answersOf(asked.maker) >= most)
      throw new JikjiError(
        'lodgings-full',
        `this maker has ${most} answers, and gets no more`,
        asked.maker,
        'keep fewer states (train.keepEvery): the head of each is lodged',
      );
    return [{ kind: 'answer-registered', data: { line: register.next(asked, signer) } }];
  });
  const entry = registerOf(programme.tables)?.answered(asked);
  if (!entry) throw new Error('what was answered is not in the register');
  return { text: entry.lodging, fresh: entries.length > 0, entry };
}
