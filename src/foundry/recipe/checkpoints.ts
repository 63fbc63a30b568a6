// Chooses the states that a run keeps, and estimates its disk use. Pure arithmetic; knows nothing of files.
//
// The trade-off: an audit trains some segments again, from one kept state to the next. More states make shorter segments, so an audit
// is cheaper and a forged segment smaller; each state costs disk for all weights and moments. Beyond MAX_STATES segments an audit
// hardly gets cheaper. Checkpoints that only serve to resume after a crash are more frequent, and are removed again.

const MAX_STATES = 60;
/** Training that a crash may lose, in seconds. */
const LOST_SECONDS = 600;

export interface CheckpointInput {
  steps: number;
  /** Bytes of one state. */
  stateBytes: number;
  secondsPerStep: number;
  /** Disk for the kept states, in bytes; at least one state is kept, however large it is. */
  diskBytes: number;
}

export interface Checkpoints {
  checkpointEvery: number;
  keepEvery: number;
  /** Number of kept states. */
  kept: number;
  /** Bytes of one state. */
  stateBytes: number;
}

/** Spreads as many kept states over a training as fit on the disk, at most MAX_STATES. */
export function chooseCheckpoints({ steps, stateBytes, secondsPerStep, diskBytes }: CheckpointInput): Checkpoints {
  const most = Math.max(1, Math.min(MAX_STATES, Math.floor(diskBytes / stateBytes)));
  const segment = Math.ceil(steps / most);
  const keepEvery = Math.ceil(segment / Math.max(1, Math.floor(LOST_SECONDS / secondsPerStep)));
  const checkpointEvery = Math.ceil(segment / keepEvery);
  return { checkpointEvery, keepEvery, kept: Math.ceil(steps / (checkpointEvery * keepEvery)), stateBytes };
}

/** Disk use of a finished run, in bytes: kept states, model (at most half a state), texts as lines of JSON, their tokens, the transcript. */
export function runBytes(
  { kept, stateBytes }: Checkpoints,
  { steps, textBytes, corpusTokens }: { steps: number; textBytes: number; corpusTokens: number },
): number {
  return Math.round(kept * stateBytes + stateBytes / 2 + 1.05 * textBytes + 2 * corpusTokens + 350 * steps);
}
