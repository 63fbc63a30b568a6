// Signed audits of a run that does not exist, for tests of the code that reads them.

import { type AuditStatement, type Signer, sha256Hex, signStatement } from '../../ledger/index.ts';
import { GIVEN } from '../challenge.ts';
import { type Audit, CHECKS } from '../types.ts';

export const MADE_UP = {
  genesis: '1'.repeat(64),
  seal: '2'.repeat(64),
  head: '3'.repeat(64),
  maker: '4'.repeat(64),
  kept: [5, 10, 20, 40],
};

/** Marks a given challenge as drawn by the auditor: a given one claims no chance in a report. */
export const asOwnDraw = (result: Audit): Audit =>
  result.detection.reason === GIVEN
    ? { ...result, detection: { ...result.detection, reason: 'drawn on this machine, after the seal was made' } }
    : result;

/** `lastSteps`: the last steps of the segments that were trained again. */
export function madeUpReport(
  signer: Signer,
  lastSteps: readonly number[],
  { of = MADE_UP, ...more }: Partial<AuditStatement> & { of?: typeof MADE_UP } = {},
): string {
  const predicate: AuditStatement = {
    formatVersion: 2,
    auditorKey: signer.publicKey.toString('base64'),
    maker: of.maker,
    head: of.head,
    verdict: 'holds',
    extent: 'sampled',
    checks: CHECKS.filter((name) => name !== 'register').map((name) => ({ name, verdict: 'holds' as const })),
    kept: of.kept,
    replayed: lastSteps.map((to) => ({ to, root: sha256Hex(`state ${to}`), engine: 'webassembly' })),
    draw: null,
    movements: [],
    links: [
      {
        seal: of.seal,
        makers: [of.maker],
        ...{ begins: 'drawn', parent: null },
        ...{ extent: 'sampled', steps: of.kept.at(-1)!, trained: 5, draw: null, room: null },
        ...{ data: 'texts', figures: 'computed', lodging: 'none' },
      },
    ],
    version: '0',
    time: '2026-01-01T00:00:00.000Z',
    ...more,
  };
  const subjects = [
    ['genesis.json', of.genesis],
    ['seal.json', of.seal],
  ] as const;
  return signStatement('audit', subjects, predicate, signer);
}
