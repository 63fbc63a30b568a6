// Signatures of the office and its panel in the log: making them, and checking them. They are checked whenever the log is read, so that
// nobody can alter an entry together with its signature.

import {
  canonicalJson,
  type Json,
  parseStatement,
  type Signer,
  type StatementKind,
  sha256Hex,
  signStatement,
} from '../../ledger/index.ts';
import * as refuse from './refusals/things.ts';
import type { Tables } from './tables.ts';

type OfOffice = Extract<StatementKind, 'rule-book' | 'log' | 'decision' | 'usage'>;
type Subjects = readonly (readonly [name: string, sha256: string])[];

/** Signs subjects by digest, with the programme, stage and entry of the signature. */
export function signByOffice(
  kind: OfOffice,
  subjects: Subjects,
  about: { programme: string; stage: string | null; seq: number },
  signer: Signer,
): string {
  const officeKey = signer.publicKey.toString('base64');
  const predicate = { formatVersion: 1 as const, officeKey, ...about, time: new Date().toISOString() };
  return signStatement(kind, subjects, predicate, signer);
}

/**
 * Checks the office's signature. A programme with an office key requires it for these kinds; a programme without one, such as a record,
 * cannot check it.
 * @throws JikjiError `unsigned`, `statement-broken`, `signed-by-another`, `signed-other`
 */
export function checkOffice(tables: Tables, kind: OfOffice, text: string | undefined, subjects: Subjects): void {
  const what = kind === 'usage' ? 'metered usage' : kind.replace('-', ' ');
  const [programme] = tables.all('programmes');
  if (!programme?.officeKey) return;
  if (text === undefined) throw refuse.unsigned(what, what, programme.officeKey);
  const statement = parseStatement(text, kind, what);
  if (statement.keyid !== programme.officeKey)
    throw refuse.signedByAnother(what, what, statement.keyid.slice(0, 16), programme.officeKey);
  checkSubjects(statement.subjects, subjects, what);
}

function checkSubjects(there: ReadonlyMap<string, string>, wanted: Subjects, what: string): void {
  for (const [name, sha256] of wanted) if (there.get(name) !== sha256) throw refuse.signedOther(what, name);
}

/** Signed subjects of a metered usage: all data of its entry except the signature. */
export const usageSubjects = (usage: Json): Subjects => [['usage.json', sha256Hex(canonicalJson(usage))]];

/** @throws JikjiError as checkOffice */
export function checkLodging(tables: Tables, kind: 'request' | 'seal', sha256: string, text: string): void {
  const statement = parseStatement(text, 'lodging', 'lodging');
  const [programme] = tables.all('programmes');
  if (programme?.officeKey && statement.keyid !== programme.officeKey) throw refuse.lodgingByAnother('lodging');
  checkSubjects(statement.subjects, [[`${kind}.json`, sha256]], 'lodging');
}

/** The signed fields of a finding. */
export interface FindingText {
  stage: string;
  consortium: string;
  component: string;
  verdict: string;
  by: string;
  text: string;
  /** The proposal that it answers. */
  proposal?: string | undefined;
}

/** The signed fields of the rejection of a proposed finding. */
export interface RejectionText {
  proposal: string;
  stage: string;
  by: string;
  reason: string;
}

type PanelSubjects = readonly [readonly ['finding.json' | 'rejection.json', string]];

const findingSubjects = ({ stage, consortium, component, verdict, by, text, proposal }: FindingText): PanelSubjects => {
  const fields = { stage, consortium, component, verdict, by, text, ...(proposal !== undefined && { proposal }) };
  return [['finding.json', sha256Hex(canonicalJson(fields))]];
};
const rejectionSubjects = ({ proposal, stage, by, reason }: RejectionText): PanelSubjects => [
  ['rejection.json', sha256Hex(canonicalJson({ proposal, stage, by, reason }))],
];

function signByPanel(subjects: PanelSubjects, about: { programme: string; stage: string }, signer: Signer): string {
  const panelKey = signer.publicKey.toString('base64');
  const predicate = { formatVersion: 1 as const, panelKey, ...about, time: new Date().toISOString() };
  return signStatement('finding', subjects, predicate, signer);
}

/** The panel's signature on a finding. */
export const signFinding = (finding: FindingText, programme: string, signer: Signer): string =>
  signByPanel(findingSubjects(finding), { programme, stage: finding.stage }, signer);

/** The panel's signature on the rejection of a proposed finding. */
export const signRejection = (rejection: RejectionText, programme: string, signer: Signer): string =>
  signByPanel(rejectionSubjects(rejection), { programme, stage: rejection.stage }, signer);

function checkPanel(tables: Tables, subjects: PanelSubjects, text: string | undefined): string | null {
  const [programme] = tables.all('programmes');
  if (text === undefined) {
    if (!programme?.officeKey) return null;
    throw refuse.unsignedFinding('finding');
  }
  const statement = parseStatement(text, 'finding', 'finding');
  checkSubjects(statement.subjects, subjects, 'finding');
  return statement.keyid;
}

/** Returns the fingerprint of the signing key; null if no signature is given or required. @throws JikjiError as checkOffice */
export const checkFinding = (tables: Tables, finding: FindingText, text: string | undefined): string | null =>
  checkPanel(tables, findingSubjects(finding), text);

/** As `checkFinding`. */
export const checkRejection = (tables: Tables, rejection: RejectionText, text: string | undefined): string | null =>
  checkPanel(tables, rejectionSubjects(rejection), text);
