// Signs the audit of a witnessed run. Computes nothing.

import { packageVersion } from '../../base/index.ts';
import { canonicalJson, type Json, type Signer, sha256Hex, signStatement } from '../../ledger/index.ts';
import { GENESIS, SEAL } from '../../run-folder/index.ts';
import { GIVEN, SELF_AUDIT } from '../challenge.ts';
import { sealedFacts } from '../signed-audit.ts';
import { lodgingOf } from '../standing.ts';
import type { WitnessAudit } from './types.ts';

const sum = (spans: readonly { from: number; to: number }[]): number =>
  spans.reduce((steps, { from, to }) => steps + to - from, 0);

/**
 * The text of the statement's file. `name` is what messages call the run.
 * @throws JikjiError `audit-unsigned` if the run has no sound genesis and seal for the statement to name
 */
export function signWitnessAudit(result: WitnessAudit, name: string, signer: Signer): string {
  const { genesis, seal, maker, head } = sealedFacts(result.run, name);
  const { claimed, challenge, candidates, drawn, reason } = result.detection;
  const { tolerance, gradients, pairs, elsewhere } = result;
  const own = result.environment.own as Json | null;
  // An audit on the machine that holds the maker's key is a self-audit, however much was trained again.
  const extent = reason === SELF_AUDIT ? ('self' as const) : result.extent;
  // Nobody else knows who chose a given challenge.
  const isDrawn = claimed && reason !== GIVEN;
  const held = result.replayed.filter(({ root }) => root !== null);
  const within = elsewhere?.spans.filter((span) => span.verdict === 'within') ?? [];
  return signStatement(
    'witness-audit',
    [
      [GENESIS, genesis],
      [SEAL, seal],
    ],
    {
      formatVersion: 2,
      auditorKey: signer.publicKey.toString('base64'),
      maker,
      head,
      verdict: result.verdict,
      extent,
      origin: result.origin,
      checks: result.checks.map((check) => ({ name: check.name, verdict: check.verdict })),
      recorded: result.segments.map(({ to }) => to),
      replayed: held.map(({ to, root, engine }) => ({ to, root: root!, engine })),
      draw: isDrawn ? { challenge, candidates, drawn, from: 'auditor' } : null,
      pairs: { steps: pairs.steps.length, drawnByOffice: pairs.drawnByOffice },
      gradients: tolerance && { steps: gradients.length, blind: tolerance.blind, tolerance: tolerance.difference },
      segments: elsewhere && {
        judged: elsewhere.spans.length,
        steps: elsewhere.told,
        rounding: Math.max(0, ...within.map((span) => span.own)),
      },
      links: [
        {
          seal,
          makers: [maker],
          begins: 'drawn',
          parent: null,
          extent,
          steps: result.run.steps ?? 1,
          trained: sum(held),
          draw: isDrawn ? { candidates, drawn } : null,
          room: null,
          // The data files that the run names were read; what their texts are nobody looked at.
          data: own === null ? 'maker' : 'texts',
          figures: 'none',
          lodging: lodgingOf(result),
        },
      ],
      environment: own === null ? null : sha256Hex(`${canonicalJson(own)}\n`),
      version: packageVersion(),
      time: new Date().toISOString(),
    },
    signer,
  );
}
