// The panel's findings on the components of a team's model, each signed by whoever answers for it.

import type { Signer } from '../../ledger/index.ts';
import type { Programme } from '../programme/index.ts';
import { type FindingText, freeId, signFinding } from '../state/index.ts';
import { programmeOf } from './times.ts';

/**
 * A later finding on the same component is added; it does not replace the earlier one.
 * @throws JikjiError `stage-closed`, `not-in-stage`, `component-unknown`, `entry-broken`
 */
export async function signedFinding(
  programme: Programme,
  signer: Signer,
  finding: FindingText,
  actor: string,
): Promise<string> {
  const { id: name } = programmeOf(programme.tables);
  const count = [...programme.tables.of('findings', 'stage', finding.stage)].length + 1;
  const id = freeId(programme.tables, 'findings', `finding-${count}-${finding.stage}`);
  const statement = signFinding(finding, name, signer);
  await programme.record(actor, [{ kind: 'finding-signed', data: { id, ...finding, statement } }]);
  return id;
}
