import { JikjiError, packageVersion } from '../base/index.ts';
import { type Signer, signStatement } from '../ledger/index.ts';
import { GENESIS, SEAL } from '../run-folder/index.ts';
import { GIVEN, SELF_AUDIT } from './challenge.ts';
import { isKnown } from './room.ts';
import type { Audit } from './types.ts';

/** What of an audit a statement of it says. */
export interface Signable extends Pick<Audit, 'verdict' | 'extent' | 'replayed' | 'movements' | 'detection'> {
  checks: readonly Pick<Audit['checks'][number], 'name' | 'verdict'>[];
  run: Pick<Audit['run'], 'name' | 'genesis' | 'seal' | 'maker' | 'head' | 'segments'>;
}

/**
 * The text of the statement's file.
 * @throws JikjiError `audit-unsigned` where there is no sound genesis and seal that a statement could be about
 */
export function signAudit(found: Signable, signer: Signer): string {
  const { genesis, seal, maker, head, segments } = found.run;
  if (genesis === null || seal === null || maker === null || head === null) {
    throw new JikjiError(
      'audit-unsigned',
      'there is no genesis and seal that a signed audit could be about',
      found.run.name,
      'audit a run that is finished',
    );
  }
  const { claimed, challenge, candidates, drawn, reason } = found.detection;
  const predicate = {
    formatVersion: 1 as const,
    auditorKey: signer.publicKey.toString('base64'),
    maker,
    head,
    verdict: found.verdict,
    // Where the maker's key lies an audit is his own, however much of it was trained again.
    extent: reason === SELF_AUDIT ? ('self' as const) : found.extent,
    checks: found.checks.map(({ name, verdict }) => ({ name, verdict })),
    kept: segments.map(({ to }) => to),
    replayed: found.replayed.flatMap(({ to, root }) => (root === null ? [] : [{ to, root }])),
    // Others cannot know who chose a challenge that was given: what it drew counts as trained again, and claims no chance.
    draw: claimed && reason !== GIVEN ? { challenge, candidates, drawn } : null,
    movements: found.movements
      .filter(isKnown)
      .map(({ group, segments: lengths, distance }) => ({ group, segments: [...lengths], distance })),
    version: packageVersion(),
    time: new Date().toISOString(),
  };
  return signStatement(
    'audit',
    [
      [GENESIS, genesis],
      [SEAL, seal],
    ],
    predicate,
    signer,
  );
}
