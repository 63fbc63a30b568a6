// What of a run is to be lodged with an office that is asked, by the run's folder: the heads of kept states that no session has had
// answered, and the seal.

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
  tell: (event: MakeEvent) => void;
}

/** Steps whose heads earlier sessions had answered, as they noted it: asked again the office would say the same. */
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

/** Begins to lodge the heads of a run whose genesis is signed: at once those up to `step` that are not answered yet. */
export function openLodger({ folder, office, signer, tell }: Lodging, step: number): Lodger {
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
    note: (text) => tell({ kind: 'note', text }),
    onAnswer: (answered) => {
      try {
        appendFileSync(
          paths.sessions,
          `${JSON.stringify({ event: 'lodged', step: answered, time: new Date().toISOString() })}\n`,
        );
      } catch {
        // it is asked again, and the office gives the answer that this head has
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

/** Lodges the seal, after all heads; what the office does not answer in time is left to --resume. */
export async function lodgeSeal(folder: string, lodger: Lodger, signal: AbortSignal): Promise<void> {
  const paths = runPaths(folder);
  const { digest } = readStatement(paths.seal, 'seal');
  const [seal, genesis] = [readFileSync(paths.seal, 'utf8'), readFileSync(paths.genesis, 'utf8')];
  const answer = await lodger.finish({ seal, genesis, digest }, signal);
  if (answer !== undefined) writeFileAtomic(paths.sealLodging, answer);
}
