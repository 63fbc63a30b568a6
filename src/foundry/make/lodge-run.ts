// Lodges a run with an office, from the run's folder: the heads of kept states that the office has not answered yet, and the seal.

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { filePieces, JikjiError, writeFileAtomic } from '../../base/index.ts';
import { readStatement, runKey, type Signer, TranscriptReader } from '../../ledger/index.ts';
import { runPaths } from '../../run-folder/index.ts';
import type { MakeEvent } from './events.ts';
import { Lodger, type OfficeClient } from './office.ts';

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
 * Opens a lodger for a run whose genesis is signed, and queues the unanswered heads up to `step`.
 * @throws JikjiError `key-changed`
 */
export function openLodger({ folder, office, signer, onEvent }: Lodging, step: number): Lodger {
  const paths = runPaths(folder);
  const { commitment } = readStatement(paths.genesis, 'genesis').predicate;
  if (commitment.makerKey !== signer.publicKey.toString('base64'))
    throw new JikjiError(
      'key-changed',
      'this run was made with another key',
      paths.genesis,
      'use that key: --key NAME',
    );
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
