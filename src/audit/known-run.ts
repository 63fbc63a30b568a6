// The run that joined audits are compared with: its statements and transcript, read and verified. Computes no step.

import { JikjiError } from '../base/index.ts';
import { makersBy, parentOf } from '../ledger/index.ts';
import { SEAL, TRANSCRIPT } from '../run-folder/index.ts';
import { noncesOf } from './challenge.ts';
import type { Beginning } from './claims.ts';
import { Findings } from './findings.ts';
import { RunFolder } from './folder.ts';
import type { KnownRun } from './merge.ts';
import { checkStatements } from './statements.ts';
import { planOf, readTranscript } from './transcript.ts';
import { isWitnessed } from './witness/is-witnessed.ts';
import { checkWitnessStructure } from './witness/structure.ts';

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

const unsound = (path: string, what: string): JikjiError =>
  new JikjiError('run-unsound', what, path, 'audits can be compared with a whole run only: audit it');

async function readWitnessed(path: string, signal: AbortSignal): Promise<KnownRun> {
  const context = { signal, showProgress: async () => {} };
  const { check, evidence } = await checkWitnessStructure(new RunFolder(path), {}, context);
  const { statements, steps, states } = evidence;
  const [finding] = check.findings;
  if (!statements?.seal || !steps || finding || steps.head !== statements.seal.predicate.head)
    throw unsound(path, finding ? `${finding.file} ${finding.text}` : `its ${TRANSCRIPT} is not sealed by ${SEAL}`);
  const kept = states.filter((step) => step > 0);
  return {
    witnessed: true,
    genesis: statements.genesis.digest,
    seal: statements.seal.digest,
    maker: statements.genesis.keyid,
    head: steps.head,
    kept,
    roots: kept.map((step) => steps.roots.get(step) ?? ''),
    isLodged: statements.lodging !== undefined,
  };
}

async function read(path: string, signal: AbortSignal): Promise<KnownRun> {
  if (isWitnessed(path)) return readWitnessed(path, signal);
  const folder = new RunFolder(path);
  const findings = new Findings('structure');
  const statements = checkStatements(folder, {}, findings);
  const commitment = statements?.genesis.predicate.commitment;
  const steps = commitment && (await readTranscript(folder, planOf(commitment), findings, signal));
  const [finding] = findings.findings;
  const seal = statements?.seal;
  if (!statements || !commitment || !seal || !steps || finding || steps.head !== seal.predicate.head) {
    throw unsound(
      path,
      finding ? `${finding.file} ${finding.text}` : `its ${TRANSCRIPT} is not the one that ${SEAL} seals`,
    );
  }
  return {
    witnessed: false,
    genesis: statements.genesis.digest,
    seal: seal.digest,
    maker: statements.genesis.keyid,
    makers: makersBy(statements.genesis, statements.chain),
    head: steps.head,
    kept: commitment.kept,
    roots: commitment.kept.map((step) => steps.roots.get(step) ?? ''),
    beginning: beginningOf(parentOf(commitment)),
    parent: statements.parent && {
      makers: makersBy(statements.parent.genesis, statements.parent.chain),
      beginning: beginningOf(parentOf(statements.parent.genesis.predicate.commitment)),
    },
    isLodged: commitment.lodging !== null,
    nonces: noncesOf(statements),
  };
}

/** As genesis has it: nothing of a parent is looked at here. */
function beginningOf(parent: ReturnType<typeof parentOf>): Beginning {
  if (!parent) return { kind: 'drawn' };
  return 'seal' in parent
    ? { kind: 'run', seal: parent.seal, name: null, standing: null }
    : { kind: 'model', files: parent.files, compared: false };
}
