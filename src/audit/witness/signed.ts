// Signs the audit of a witnessed run. Computes nothing.

import { JikjiError, packageVersion } from '../../base/index.ts';
import { canonicalJson, type Json, type Signer, sha256Hex, signStatement } from '../../ledger/index.ts';
import { GENESIS, SEAL } from '../../run-folder/index.ts';
import { GIVEN, SELF_AUDIT } from '../challenge.ts';
import type { WitnessAudit } from './types.ts';

/**
 * The text of the statement's file. `name` is what messages call the run.
 * @throws JikjiError `audit-unsigned` if the run has no sound genesis and seal for the statement to name
 */
export function signWitnessAudit(result: WitnessAudit, name: string, signer: Signer): string {
  const { genesis, seal, maker, head } = result.run;
  if (genesis === null || seal === null || maker === null || head === null)
    throw new JikjiError(
      'audit-unsigned',
      'the run has no sound genesis and seal, which a signed audit must name',
      name,
      'audit a run that is finished',
    );
  const { claimed, challenge, candidates, drawn, reason } = result.detection;
  const { tolerance, gradients, pairs } = result;
  const own = result.environment.own as Json | null;
  return signStatement(
    'witness-audit',
    [
      [GENESIS, genesis],
      [SEAL, seal],
    ],
    {
      formatVersion: 1,
      auditorKey: signer.publicKey.toString('base64'),
      maker,
      head,
      verdict: result.verdict,
      // An audit on the machine that holds the maker's key is a self-audit, however much was trained again.
      extent: reason === SELF_AUDIT ? 'self' : result.extent,
      origin: result.origin,
      checks: result.checks.map((check) => ({ name: check.name, verdict: check.verdict })),
      recorded: result.segments.map(({ to }) => to),
      replayed: result.replayed.flatMap(({ to, root }) => (root === null ? [] : [{ to, root }])),
      // Nobody else knows who chose a given challenge.
      draw: claimed && reason !== GIVEN ? { challenge, candidates, drawn } : null,
      pairs: { steps: pairs.steps.length, drawnByOffice: pairs.drawnByOffice },
      gradients: tolerance && { steps: gradients.length, blind: tolerance.blind, tolerance: tolerance.difference },
      environment: own === null ? null : sha256Hex(`${canonicalJson(own)}\n`),
      version: packageVersion(),
      time: new Date().toISOString(),
    },
    signer,
  );
}
