// Signed audits of a run that does not exist, for tests of the code that reads them.

import { type AuditStatement, parseStatement, type Signer, sha256Hex, signStatement } from '../../ledger/index.ts';
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

/** The statement with its predicate changed and signed again by `signer`. */
export function resigned(text: string, signer: Signer, change: (predicate: AuditStatement) => unknown): string {
  const { predicate, subjects } = parseStatement(text, 'audit', 'report.json');
  const copy = structuredClone(predicate) as AuditStatement;
  copy.auditorKey = signer.publicKey.toString('base64');
  change(copy);
  return signStatement('audit', [...subjects], copy, signer);
}

/** The report as version 1 had it. */
export function asVersion1(text: string, signer: Signer): string {
  const { predicate, subjects } = parseStatement(text, 'audit', 'report.json');
  const { links: _, replayed, draw, ...rest } = predicate as AuditStatement;
  const drawn = draw && { challenge: draw.challenge, candidates: draw.candidates, drawn: draw.drawn };
  const again = replayed.map(({ to, root }) => ({ to, root }));
  const auditorKey = signer.publicKey.toString('base64');
  const old = { ...rest, formatVersion: 1 as const, auditorKey, replayed: again, draw: drawn };
  return signStatement('audit', [...subjects], old, signer);
}

const madeUpLink = (of: typeof MADE_UP, from: typeof MADE_UP | undefined): AuditStatement['links'][number] => ({
  seal: of.seal,
  makers: [of.maker],
  ...(from ? { begins: 'run', parent: from.seal } : { begins: 'drawn', parent: null }),
  ...{ extent: 'sampled', steps: of.kept.at(-1)!, trained: 5, draw: null, room: null },
  ...{ data: 'texts', figures: 'computed', lodging: 'none' },
});

/** `lastSteps`: the last steps of the segments that were trained again. `from`: the run that it was built on. */
export function madeUpReport(
  signer: Signer,
  lastSteps: readonly number[],
  { of = MADE_UP, from, ...more }: Partial<AuditStatement> & { of?: typeof MADE_UP; from?: typeof MADE_UP } = {},
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
    links: [madeUpLink(of, from)],
    version: '0',
    time: '2026-01-01T00:00:00.000Z',
    ...more,
  };
  const subjects = [
    ['genesis.json', of.genesis],
    ['seal.json', of.seal],
    ...(from ? [['parent', from.seal] as const] : []),
  ] as const;
  return signStatement('audit', subjects, predicate, signer);
}

/** A run, what it was built on, and what that was built on; `other` belongs to none of them. */
export const CHAIN = {
  child: MADE_UP,
  parent: { ...MADE_UP, genesis: '5'.repeat(64), seal: '6'.repeat(64), head: '7'.repeat(64) },
  grandparent: { ...MADE_UP, genesis: '8'.repeat(64), seal: '9'.repeat(64), head: 'a'.repeat(64) },
  other: { ...MADE_UP, genesis: 'b'.repeat(64), seal: 'c'.repeat(64), head: 'd'.repeat(64) },
};

/** Reports on the runs of CHAIN; most name what their own run began with, and no run further up. */
export function chainReports(keys: Record<'one' | 'two' | 'three', Signer>) {
  const { child, parent, grandparent, other } = CHAIN;
  const report = (signer: Signer, of: typeof MADE_UP, more: Parameters<typeof madeUpReport>[2] = {}): string =>
    madeUpReport(signer, [5], { of, ...more });
  const refuted = { verdict: 'refuted' as const, checks: [{ name: 'replay', verdict: 'refuted' as const }] };
  /** Follows the parent too. */
  const withChain = (signer: Signer, from: typeof MADE_UP): string =>
    resigned(report(signer, child, { from: parent }), signer, ({ links }) => links.push(madeUpLink(parent, from)));
  return {
    child: report(keys.one, child, { from: parent }),
    childAgain: report(keys.two, child, { from: parent }),
    childOfVersion1: asVersion1(report(keys.one, child, { from: parent }), keys.one),
    childOfOther: report(keys.three, child, { from: other, verdict: 'incomplete' }),
    childWithChain: withChain(keys.one, grandparent),
    childWithOtherChain: withChain(keys.two, other),
    parent: report(keys.two, parent, { from: grandparent }),
    parentOfVersion1: asVersion1(report(keys.two, parent, { from: grandparent }), keys.two),
    parentRefuted: report(keys.three, parent, { ...refuted, from: grandparent }),
    grandparentRefuted: report(keys.three, grandparent, refuted),
    otherRefuted: report(keys.three, other, refuted),
  };
}
