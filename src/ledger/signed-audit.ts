// Reads signed audits, of runs of ours and of those that another program trained.

import { kindOf, type Predicate, parseStatement, type Statement } from './statement.ts';

/** A signed audit, of a run of ours or of one that another program trained. */
export type SignedAudit = Statement<'audit'> | Statement<'witness-audit'>;

/** What an audit of a run of ours signs now; version 1 says nothing of the runs that it was built on. */
export type AuditStatement = Extract<Predicate<'audit'>, { formatVersion: 2 }>;
/** What was found of one run of a chain. */
export type AuditedLink = AuditStatement['links'][number];

/** `path` is for messages. @throws JikjiError `statement-broken` */
export const parseSignedAudit = (text: string, path: string): SignedAudit =>
  kindOf(text) === 'witness-audit' ? parseStatement(text, 'witness-audit', path) : parseStatement(text, 'audit', path);

/** The last steps of the segments of the audited run. */
export const endsOf = (signed: SignedAudit): readonly number[] =>
  signed.kind === 'audit' ? signed.predicate.kept : signed.predicate.recorded;
