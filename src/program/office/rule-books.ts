// Rule books of a programme: registered with the office's signature, found again by name or digest.

import { JikjiError } from '../../base/index.ts';
import type { Signer } from '../../ledger/index.ts';
import { checkTargets } from '../decision/index.ts';
import type { Programme } from '../programme/index.ts';
import { parseRuleBook, type RuleBook, ruleBookDigest } from '../rules/index.ts';
import { signByOffice, type Tables } from '../state/index.ts';
import { programmeOf } from './times.ts';

export interface Registered {
  digest: string;
  book: RuleBook;
}

/**
 * Registers a rule book: signed, and unchangeable from then on. `file` names it in errors.
 * @throws JikjiError `rule-book-...` with key and line, `rule-book-version`, `rule-book-exists`, `target-missing`
 */
export async function registerRuleBook(
  programme: Programme,
  signer: Signer,
  { text, file }: { text: string; file: string },
  actor: string,
): Promise<Registered> {
  const { id } = programmeOf(programme.tables);
  const book = parseRuleBook(text, { file });
  if (book.record)
    throw new JikjiError(
      'rule-book-record',
      'this describes a programme that others ran: rules of it are not known',
      file,
      'write every rule, without record: true',
    );
  const time = new Date().toISOString();
  checkTargets({ book }, time.slice(0, 10));
  const digest = ruleBookDigest(book);
  const { name, version } = book;
  await programme.record(
    actor,
    [
      ({ seq }) => {
        const about = { programme: id, stage: null, seq };
        const signature = signByOffice('rule-book', [['rule-book', digest]], about, signer);
        return { kind: 'rule-book-registered', data: { digest, name, version, text, signature } };
      },
    ],
    time,
  );
  return { digest, book };
}

/**
 * The digest of a registered rule book: by its name (its newest version), by name and version (`korea@2`), or by the beginning of its
 * digest. Without `wanted`, the one that was registered last.
 * @throws JikjiError `rule-book-unknown`
 */
export function findRuleBook(tables: Tables, wanted?: string): string {
  const all = [...tables.all('ruleBooks')];
  const nameOf = (row: (typeof all)[number]): string => `${row.name}@${row.version}`;
  const found = all.filter(
    (row) =>
      wanted === undefined ||
      row.name === wanted ||
      nameOf(row) === wanted ||
      (/^[0-9a-f]{8,}$/.test(wanted) && String(row.digest).startsWith(wanted)),
  );
  const last = found.at(-1);
  if (last) return String(last.digest);
  throw new JikjiError(
    'rule-book-unknown',
    wanted === undefined ? 'no rule book is registered' : 'no rule book of this name is registered',
    wanted ?? 'rule book',
    all.length > 0 ? `there are: ${all.map(nameOf).join(', ')}` : 'register one first',
  );
}
