// Signs an audit: the statement that a merge joins with those of other auditors. Computes nothing.

import { JikjiError, packageVersion } from '../base/index.ts';
import { digestOfParent, type Signer, signStatement } from '../ledger/index.ts';
import { GENESIS, SEAL } from '../run-folder/index.ts';
import { GIVEN, SELF_AUDIT } from './challenge.ts';
import { isKnown } from './room.ts';
import type { Audit } from './types.ts';

/** The subject of a signed audit that says what the run began with; only runs with a parent have it. */
export const PARENT = 'parent';

/** The parts of an audit that go into the statement. */
export interface Signable
  extends Pick<Audit, 'verdict' | 'extent' | 'replayed' | 'movements' | 'detection' | 'parent'> {
  checks: readonly Pick<Audit['checks'][number], 'name' | 'verdict'>[];
  run: Pick<Audit['run'], 'name' | 'genesis' | 'seal' | 'maker' | 'head' | 'segments'>;
}

/**
 * The text of the statement's file.
 * @throws JikjiError `audit-unsigned` if the run has no sound genesis and seal for the statement to name
 */
export function signAudit(result: Signable, signer: Signer): string {
  const { genesis, seal, maker, head, segments } = result.run;
  if (genesis === null || seal === null || maker === null || head === null) {
    throw new JikjiError(
      'audit-unsigned',
      'the run has no sound genesis and seal, which a signed audit must name',
      result.run.name,
      'audit a run that is finished',
    );
  }
  const parent = result.parent ? digestOfParent(result.parent) : undefined;
  const { claimed, challenge, candidates, drawn, reason } = result.detection;
  const predicate = {
    formatVersion: 1 as const,
    auditorKey: signer.publicKey.toString('base64'),
    maker,
    head,
    verdict: result.verdict,
    // An audit on the machine that holds the maker's key is a self-audit, however much was trained again.
    extent: reason === SELF_AUDIT ? ('self' as const) : result.extent,
    checks: result.checks.map(({ name, verdict }) => ({ name, verdict })),
    kept: segments.map(({ to }) => to),
    replayed: result.replayed.flatMap(({ to, root }) => (root === null ? [] : [{ to, root }])),
    // Nobody else knows who chose a given challenge: the segments it drew count as trained again, but without a chance.
    draw: claimed && reason !== GIVEN ? { challenge, candidates, drawn } : null,
    movements: result.movements
      .filter(isKnown)
      .map(({ group, segments: lengths, distance }) => ({ group, segments: [...lengths], distance })),
    version: packageVersion(),
    time: new Date().toISOString(),
  };
  return signStatement(
    'audit',
    [[GENESIS, genesis], [SEAL, seal], ...(parent === undefined ? [] : [[PARENT, parent] as const])],
    predicate,
    signer,
  );
}
