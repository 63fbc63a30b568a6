// Rule books of a programme: registration with the office's signature, lookup by name or digest.

import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import { checkTargets } from '../decision/index.ts';
import { parseRuleBook, ruleBookDigest } from '../rules/index.ts';
import { signByOffice, type Tables } from '../state/index.ts';
import { act, OFFICE } from './act.ts';
import { MAX_FILE_LENGTH } from './shapes.ts';
import { programmeOf } from './times.ts';

export const registerRuleBook = act({
  summary: 'Register a rule book, signed; it cannot be changed afterwards',
  roles: OFFICE,
  input: z.strictObject({
    text: z.string().min(1).max(MAX_FILE_LENGTH),
    /** Its name in errors. */
    file: z.string().optional(),
  }),
  async run(programme, { text, file = 'rule book' }, by) {
    const signer = await by.signer();
    const { id } = programmeOf(programme.tables);
    const book = parseRuleBook(text, { file });
    if (book.record) {
      const message = 'this rule book is a record of a programme run elsewhere: its rules are not known';
      throw new JikjiError('rule-book-record', message, file, 'write every rule, without record: true');
    }
    const time = new Date().toISOString();
    checkTargets({ book }, time.slice(0, 10));
    const digest = ruleBookDigest(book);
    const { name, version } = book;
    const registered = ({ seq }: { seq: number }) => {
      const about = { programme: id, stage: null, seq };
      const signature = signByOffice('rule-book', [['rule-book', digest]], about, signer);
      return { kind: 'rule-book-registered', data: { digest, name, version, text, signature } };
    };
    await programme.record(by.actor, [registered], time);
    return { digest, name, version };
  },
});

/**
 * The digest of a registered rule book: by its name (its newest version), by name and version (`korea@2`), or by the beginning of its
 * digest. Without `wanted`, the one that was registered last.
 * @throws JikjiError `rule-book-unknown`
 */
export function findRuleBook(tables: Tables, wanted?: string): string {
  const all = tables.all('ruleBooks');
  const nameOf = (row: (typeof all)[number]): string => `${row.name}@${row.version}`;
  const found = all.filter(
    (row) =>
      wanted === undefined ||
      row.name === wanted ||
      nameOf(row) === wanted ||
      (/^[0-9a-f]{8,}$/.test(wanted) && row.digest.startsWith(wanted)),
  );
  const last = found.at(-1);
  if (last) return last.digest;
  const message = `no rule book ${wanted === undefined ? '' : 'of this name '}is registered`;
  const hint = all.length > 0 ? `there are: ${all.map(nameOf).join(', ')}` : 'register one first';
  throw new JikjiError('rule-book-unknown', message, wanted ?? 'rule book', hint);
}
