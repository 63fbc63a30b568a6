// Signatures in the log: what the office and its panel put their keys to, and whether an entry carries what it must. They are checked
// whenever the log is read, so that none can be altered with its entry.

import {
  canonicalJson,
  type Json,
  parseStatement,
  type Signer,
  type StatementKind,
  sha256Hex,
  signStatement,
} from '../../ledger/index.ts';
import { refusal } from './refusals.ts';
import type { Tables } from './tables.ts';

type OfOffice = Extract<StatementKind, 'rule-book' | 'log' | 'decision' | 'usage'>;
type Subjects = readonly (readonly [name: string, sha256: string])[];

/** What the office signs: things by digest, and where in the log it did so. */
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
 * A programme with an office's key takes nothing of these kinds without its signature; one without a key, such as a record, has
 * nothing to check it by.
 * @throws JikjiError `unsigned`, `statement-broken`, `signed-by-another`, `signed-other`
 */
export function checkOffice(
  tables: Tables,
  kind: OfOffice,
  text: string | undefined,
  subjects: Subjects,
  what: string,
): void {
  const [programme] = tables.all('programmes');
  if (!programme?.officeKey) return;
  if (text === undefined)
    throw refusal('unsigned', `the ${what} must be signed by the office`, what, `sign it with ${programme.officeKey}`);
  const statement = parseStatement(text, kind, what);
  if (statement.keyid !== programme.officeKey)
    throw refusal(
      'signed-by-another',
      `the ${what} is signed by ${statement.keyid.slice(0, 16)}, not by the office`,
      what,
      `the office's key is ${programme.officeKey}`,
    );
  checkSubjects(statement.subjects, subjects, what);
}

function checkSubjects(there: ReadonlyMap<string, string>, wanted: Subjects, what: string): void {
  for (const [name, sha256] of wanted)
    if (there.get(name) !== sha256)
      throw refusal('signed-other', `the signature is on another ${name} than this`, what);
}

/** Of a usage that the office metered: all of its entry but the signature. */
export const usageSubjects = (usage: Json): Subjects => [['usage.json', sha256Hex(canonicalJson(usage))]];

/** @throws JikjiError as checkOffice */
export function checkLodging(tables: Tables, kind: 'request' | 'seal', sha256: string, text: string): void {
  const statement = parseStatement(text, 'lodging', 'lodging');
  const [programme] = tables.all('programmes');
  if (programme?.officeKey && statement.keyid !== programme.officeKey)
    throw refusal('signed-by-another', 'the lodging is not signed by the office', 'lodging');
  checkSubjects(statement.subjects, [[`${kind}.json`, sha256]], 'lodging');
}

/** What a finding says, as it is signed. */
export interface FindingText {
  stage: string;
  consortium: string;
  component: string;
  verdict: string;
  by: string;
  text: string;
}

const findingDigest = ({ stage, consortium, component, verdict, by, text }: FindingText): string =>
  sha256Hex(canonicalJson({ stage, consortium, component, verdict, by, text } as Json));

/** The panel's signature on a finding. */
export function signFinding(finding: FindingText, programme: string, signer: Signer): string {
  const panelKey = signer.publicKey.toString('base64');
  const time = new Date().toISOString();
  const predicate = { formatVersion: 1 as const, panelKey, programme, stage: finding.stage, time };
  return signStatement('finding', [['finding.json', findingDigest(finding)]], predicate, signer);
}

/** @throws JikjiError as checkOffice; returns the fingerprint of the key that signed, null where none need to */
export function checkFinding(tables: Tables, finding: FindingText, text: string | undefined): string | null {
  const [programme] = tables.all('programmes');
  if (text === undefined) {
    if (!programme?.officeKey) return null;
    throw refusal('unsigned', 'a finding must be signed by the panel', finding.component);
  }
  const statement = parseStatement(text, 'finding', 'finding');
  checkSubjects(statement.subjects, [['finding.json', findingDigest(finding)]], 'finding');
  return statement.keyid;
}
