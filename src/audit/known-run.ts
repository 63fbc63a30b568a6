// The run that joined audits are compared with: its statements and transcript, read and verified. Computes no step.

import { JikjiError } from '../base/index.ts';
import { SEAL, TRANSCRIPT } from '../run-folder/index.ts';
import { Findings } from './findings.ts';
import { RunFolder } from './folder.ts';
import type { KnownRun } from './merge.ts';
import { checkStatements } from './statements.ts';
import { planOf, readTranscript } from './transcript.ts';

/**
 * Reads the run at `path`.
 * @throws JikjiError `interrupted`, `run-unsound` (signatures, chain or seal do not hold, so audits cannot be compared with the run)
 */
export async function knownRun(path: string, signal: AbortSignal): Promise<KnownRun> {
  try {
    return await read(path, signal);
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    throw new JikjiError('interrupted', 'the merge was stopped', path, 'start it again: it leaves nothing behind');
  }
}

async function read(path: string, signal: AbortSignal): Promise<KnownRun> {
  const folder = new RunFolder(path);
  const findings = new Findings('structure');
  const statements = checkStatements(folder, {}, findings);
  const commitment = statements?.genesis.predicate.commitment;
  const steps = commitment && (await readTranscript(folder, planOf(commitment), findings, signal));
  const [finding] = findings.check('').findings;
  const seal = statements?.seal;
  if (!statements || !commitment || !seal || !steps || finding || steps.head !== seal.predicate.head) {
    throw new JikjiError(
      'run-unsound',
      finding ? `${finding.file} ${finding.text}` : `its ${TRANSCRIPT} is not the one that ${SEAL} seals`,
      path,
      'audits can be compared with a whole run only: audit it',
    );
  }
  return {
    genesis: statements.genesis.digest,
    seal: seal.digest,
    maker: statements.genesis.keyid,
    head: steps.head,
    kept: commitment.kept,
    roots: commitment.kept.map((step) => steps.roots.get(step) ?? ''),
  };
}
