// What joined audits are held against: a run's statements and transcript, read and verified. Computes no step.

import { JikjiError } from '../base/index.ts';
import { digestOfJson } from '../ledger/index.ts';
import { SEAL, TRANSCRIPT } from '../run-folder/index.ts';
import { Findings } from './findings.ts';
import { RunFolder } from './folder.ts';
import type { KnownRun } from './merge.ts';
import { checkStatements } from './statements.ts';
import { readTranscript } from './transcript.ts';

/** @throws JikjiError `interrupted`; `run-unsound` where signatures, chain or seal do not hold, so that there is nothing to hold audits against */
export async function knownRun(path: string, signal: AbortSignal): Promise<KnownRun> {
  try {
    return await read(path, signal);
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    throw new JikjiError('interrupted', 'the merge was stopped', path, 'begin it anew: it leaves nothing behind');
  }
}

async function read(path: string, signal: AbortSignal): Promise<KnownRun> {
  const folder = new RunFolder(path);
  const findings = new Findings('structure');
  const signed = checkStatements(folder, {}, findings);
  const commitment = signed?.genesis.predicate.commitment;
  const steps =
    commitment &&
    (await readTranscript(
      folder,
      digestOfJson(commitment as unknown as Parameters<typeof digestOfJson>[0]),
      commitment.steps,
      new Set(commitment.checkpoints),
      findings,
      signal,
    ));
  const [finding] = findings.check('').findings;
  const seal = signed?.seal;
  if (!signed || !commitment || !seal || !steps || finding || steps.head !== seal.predicate.head) {
    throw new JikjiError(
      'run-unsound',
      finding ? `${finding.file} ${finding.text}` : `its ${TRANSCRIPT} is not the one that ${SEAL} seals`,
      path,
      'audits can be held against a whole run only: audit it',
    );
  }
  return {
    genesis: signed.genesis.digest,
    seal: seal.digest,
    maker: signed.genesis.keyid,
    head: steps.head,
    kept: commitment.kept,
    roots: commitment.kept.map((step) => steps.roots.get(step) ?? ''),
  };
}
