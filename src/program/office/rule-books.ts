// Rule books of a programme: registration with the office's signature, lookup by name or digest.

import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import { checkTargets } from '../decision/index.ts';
import {
  type Problem,
  parseRuleBook,
  problemsOf,
  type RuleBook,
  requireChosen,
  ruleBookDigest,
} from '../rules/index.ts';
import { requireNewRuleBook, signByOffice, type Tables } from '../state/index.ts';
import { act, OFFICE } from './act.ts';
import * as refuse from './refusals/books.ts';
import { MAX_FILE_LENGTH } from './shapes.ts';
import { programmeOf } from './times.ts';

export const registerRuleBook = act({
  summary: 'Register a rule book, signed; it cannot be changed afterwards',
  roles: OFFICE,
  input: z.strictObject({
    text: z.string().min(1).max(MAX_FILE_LENGTH),
    /** Its name in errors. */
    file: z.string().optional().describe('a YAML file; docs/rule-book.md says what is in it'),
  }),
  async run(programme, { text, file = 'rule book' }, by) {
    const signer = await by.signer();
    const { id } = programmeOf(programme.tables);
    requireChosen(text, { file });
    const book = parseRuleBook(text, { file });
    requireRules(book, file);
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

/** @throws JikjiError `rule-book-record` */
function requireRules({ record }: RuleBook, file: string): void {
  if (!record) return;
  throw refuse.recordBook(file);
}

/** What stands in the way of registering a text, and its rule book if nothing does. Changes nothing. */
export function checkRuleBook(tables: Tables, text: string) {
  const { problems, book } = problemsOf(text);
  if (!book) return { problems, ruleBook: null };
  const { name, version } = book;
  const digest = ruleBookDigest(book);
  const about = (path: Problem['path'], check: () => void): Problem[] => {
    try {
      check();
      return [];
    } catch (error) {
      if (!(error instanceof JikjiError)) throw error;
      const { code, message, hint } = error;
      return [{ code, message, hint, line: lineOfKey(text, String(path?.[0])), path }];
    }
  };
  const found = [
    ...about(['record'], () => requireRules(book, 'rule book')),
    ...about(['target'], () => checkTargets({ book }, new Date().toISOString().slice(0, 10))),
    ...about(['version'], () => requireNewRuleBook(tables, { name, version, digest })),
  ];
  return { problems: found, ruleBook: { name, version, digest } };
}

/** The line of a key at the left edge; the first line without it. */
const lineOfKey = (text: string, key: string): number =>
  Math.max(1, text.split('\n').findIndex((line) => line.startsWith(`${key}:`)) + 1);

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
  if (wanted === undefined) throw refuse.noRuleBooks('rule book');
  throw all.length > 0 ? refuse.noRuleBook(wanted, all.map(nameOf).join(', ')) : refuse.noRuleBooksOfName(wanted);
}
