// Signs an audit: the statement that a merge joins with those of other auditors. Computes nothing.

import { JikjiError, packageVersion } from '../base/index.ts';
import { type AuditedLink, digestOfParent, type Signer, signStatement } from '../ledger/index.ts';
import { GENESIS, SEAL } from '../run-folder/index.ts';
import { BY_OFFICE, GIVEN, SELF_AUDIT } from './challenge.ts';
import { evenRoom, isKnown } from './room.ts';
import { auditsOf, extentOf, lodgingOf, makersOf, makersOfRun } from './standing.ts';
import type { Audit } from './types.ts';

/** The subject of a signed audit that says what the run began with; only runs with a parent have it. */
export const PARENT = 'parent';

/** The parts of an audit that go into the statement. Plain JSON: it can be made in another process than the one that has the key. */
export interface Signable extends Pick<Audit, 'verdict' | 'extent' | 'replayed' | 'movements' | 'detection'> {
  checks: Pick<Audit['checks'][number], 'name' | 'verdict'>[];
  run: Pick<Audit['run'], 'name' | 'genesis' | 'seal' | 'maker' | 'head' | 'segments'>;
  /** Digest of what the run begins with; null for drawn weights. */
  parent: string | null;
  links: AuditedLink[];
}

const parentOf = ({ parent }: Audit): string | null => (parent ? digestOfParent(parent) : null);

/** Nobody else knows who chose a given challenge: the segments it drew count as trained again, but without a chance. */
const isDrawn = ({ claimed, reason }: Audit['detection']): boolean => claimed && reason !== GIVEN;

/** What is signed of each run of a chain, as far as it is sealed. */
function linksOf(audit: Audit): AuditedLink[] {
  const makers = makersOf(audit);
  return auditsOf(audit).flatMap((link): AuditedLink[] => {
    const { run, cost, data, detection, figures, parent } = link;
    if (run.seal === null || run.maker === null) return [];
    const { candidates, drawn } = detection;
    const room = evenRoom(link.room);
    return [
      {
        seal: run.seal,
        makers: makersOfRun(run),
        begins: parent?.kind ?? 'drawn',
        parent: parentOf(link),
        extent: detection.reason === SELF_AUDIT ? 'self' : extentOf(link),
        steps: run.steps ?? 1,
        trained: cost.replayedSteps,
        draw: isDrawn(detection) ? { candidates, drawn } : null,
        room: room === null ? null : Math.min(1, room),
        data: data.standing,
        figures,
        lodging: lodgingOf(link, makers),
      },
    ];
  });
}

/** The parts of an audit that are signed. */
export function signableOf(audit: Audit): Signable {
  const { verdict, extent, replayed, detection, checks, movements } = audit;
  const { name, genesis, seal, maker, head, segments } = audit.run;
  return {
    ...{ verdict, extent, replayed, detection },
    movements: movements.filter(isKnown),
    checks: checks.map((check) => ({ name: check.name, verdict: check.verdict })),
    run: { name, genesis, seal, maker, head, segments },
    parent: parentOf(audit),
    links: linksOf(audit),
  };
}

/**
 * What a signed audit must name of a run.
 * @throws JikjiError `audit-unsigned` if the run has no sound genesis and seal for the statement to name
 */
export function sealedFacts(
  { genesis, seal, maker, head }: Pick<Audit['run'], 'genesis' | 'seal' | 'maker' | 'head'>,
  name: string,
) {
  if (genesis === null || seal === null || maker === null || head === null)
    throw new JikjiError(
      'audit-unsigned',
      'the run has no sound genesis and seal, which a signed audit must name',
      name,
      'audit a run that is finished',
    );
  return { genesis, seal, maker, head };
}

/**
 * The text of the statement's file.
 * @throws JikjiError `audit-unsigned`
 */
export function signAudit(result: Signable, signer: Signer): string {
  const { genesis, seal, maker, head } = sealedFacts(result.run, result.run.name);
  const { parent, detection, links } = result;
  const { challenge, candidates, drawn, reason } = detection;
  const from = reason === BY_OFFICE ? ('office' as const) : ('auditor' as const);
  const predicate = {
    formatVersion: 2 as const,
    auditorKey: signer.publicKey.toString('base64'),
    maker,
    head,
    verdict: result.verdict,
    // An audit on the machine that holds the maker's key is a self-audit, however much was trained again.
    extent: reason === SELF_AUDIT ? ('self' as const) : result.extent,
    checks: result.checks,
    kept: result.run.segments.map(({ to }) => to),
    replayed: result.replayed.flatMap(({ to, root, engine }) => (root === null ? [] : [{ to, root, engine }])),
    draw: isDrawn(detection) ? { challenge, candidates, drawn, from } : null,
    movements: result.movements.map((one) => ({ ...one, segments: [...one.segments] })),
    links,
    version: packageVersion(),
    time: new Date().toISOString(),
  };
  return signStatement(
    'audit',
    [[GENESIS, genesis], [SEAL, seal], ...(parent === null ? [] : [[PARENT, parent] as const])],
    predicate,
    signer,
  );
}
