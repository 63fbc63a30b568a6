// Lodges a run with an office, from the run's folder: the heads of kept states that the office has not answered yet, and the seal.

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filePieces, JikjiError, writeFileAtomic } from '../../base/index.ts';
import { readStatement, runKey, type Signer, TranscriptReader } from '../../ledger/index.ts';
import { handOverFile, requireHolder, runPaths } from '../../run-folder/index.ts';
import type { MakeEvent } from './events.ts';
import { checkAnswer, Lodger, type OfficeClient } from './office.ts';

interface Lodging {
  folder: string;
  office: OfficeClient;
  signer: Signer;
  onEvent: (event: MakeEvent) => void;
}

/** Steps whose heads the office has answered in earlier sessions. They need no second lodging: the answer would be the same. */
function answeredSteps(path: string): Set<number> {
  const steps = new Set<number>();
  for (const line of existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []) {
    try {
      const { event, step } = JSON.parse(line);
      if (event === 'lodged' && Number.isSafeInteger(step)) steps.add(step);
    } catch {
      // a line that a crash cut off
    }
  }
  return steps;
}

/**
 * Lodges the hand-overs of a run, in their order, before anything of the new holder: an office that has seen another one refuses, and then
 * the run must not go on here. What the office does not answer now is lodged by the next session.
 * @throws JikjiError the office's refusal
 */
export async function lodgeHandOvers({ folder, office, signer, onEvent }: Lodging, signal: AbortSignal): Promise<void> {
  const paths = runPaths(folder);
  const { chain } = requireHolder(folder, signer.fingerprint);
  if (chain.length === 0) return;
  const genesis = readFileSync(paths.genesis, 'utf8');
  for (const [i, { statement }] of chain.entries()) {
    try {
      const text = await office.lodge({ statement: readFileSync(join(folder, handOverFile(i + 1)), 'utf8'), genesis });
      checkAnswer(text, 'hand-over.json', statement.digest, office.address);
    } catch (error) {
      if (!(error instanceof JikjiError && error.code === 'office-away')) throw error;
      onEvent({
        kind: 'note',
        text: `The office at ${office.address} ${error.message}: the hand-overs are lodged later.`,
      });
      return;
    }
    signal.throwIfAborted();
  }
}

/**
 * Opens a lodger for a run whose genesis is signed, and queues the unanswered heads up to `step`.
 * @throws JikjiError `key-changed`, `run-handed-over`, `hand-over-broken`
 */
export function openLodger({ folder, office, signer, onEvent }: Lodging, step: number): Lodger {
  const paths = runPaths(folder);
  const { commitment } = requireHolder(folder, signer.fingerprint).genesis.predicate;
  const lodger = new Lodger({
    client: office,
    signer,
    run: runKey(commitment),
    note: (text) => onEvent({ kind: 'note', text }),
    onAnswer: (answered) => {
      try {
        appendFileSync(
          paths.sessions,
          `${JSON.stringify({ event: 'lodged', step: answered, time: new Date().toISOString() })}\n`,
        );
      } catch {
        // the next session lodges this head again and gets the same answer
      }
    },
  });
  const answered = answeredSteps(paths.sessions);
  const due = new Set(commitment.kept.filter((kept) => kept <= step && !answered.has(kept)));
  if (due.size === 0) return lodger;
  for (const record of new TranscriptReader(filePieces(paths.transcript))) {
    if (due.delete(record.step)) lodger.head(record.step, record.link);
    if (due.size === 0) break;
  }
  return lodger;
}

/** Lodges the seal after all heads. What the office does not answer in time waits for --resume. */
export async function lodgeSeal(folder: string, lodger: Lodger, signal: AbortSignal): Promise<void> {
  const paths = runPaths(folder);
  const { digest } = readStatement(paths.seal, 'seal');
  const [seal, genesis] = [readFileSync(paths.seal, 'utf8'), readFileSync(paths.genesis, 'utf8')];
  const answer = await lodger.finish({ seal, genesis, digest }, signal);
  if (answer !== undefined) writeFileAtomic(paths.sealLodging, answer);
}
