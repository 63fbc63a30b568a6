// Which states a run keeps, and the disk it takes. Pure arithmetic; knows nothing of files.
//
// The trade: an audit trains some segments again, from one kept state to the next. Many states make short segments, so an audit
// is cheap and a forged stretch is small; each costs the disk of all weights and both moments. Beyond MAX_STATES segments an
// audit hardly gets cheaper. What is saved only to go on after a crash is saved more often, and taken away again.

/** Bytes a parameter takes in a state: the weight and two moments, binary32. */
const STATE_BYTES = 12;
const MAX_STATES = 60;
/** Training that a crash may cost, in seconds. */
const LOST_SECONDS = 600;

export interface CheckpointInput {
  steps: number;
  parameters: number;
  secondsPerStep: number;
  /** Disk for the states that stay, in bytes; at least one stays, however large it is. */
  diskBytes: number;
}

export interface Checkpoints {
  checkpointEvery: number;
  keepEvery: number;
  /** States that stay. */
  kept: number;
  /** Bytes of one state. */
  stateBytes: number;
}

/** Spreads as many states over a training as the disk has room for. */
export function chooseCheckpoints({ steps, parameters, secondsPerStep, diskBytes }: CheckpointInput): Checkpoints {
  const stateBytes = STATE_BYTES * parameters;
  const most = Math.max(1, Math.min(MAX_STATES, Math.floor(diskBytes / stateBytes)));
  const segment = Math.ceil(steps / most);
  const keepEvery = Math.ceil(segment / Math.max(1, Math.floor(LOST_SECONDS / secondsPerStep)));
  const checkpointEvery = Math.ceil(segment / keepEvery);
  return { checkpointEvery, keepEvery, kept: Math.ceil(steps / (checkpointEvery * keepEvery)), stateBytes };
}

/** Disk that a run takes in the end, in bytes: kept states, model, texts as lines of JSON, their tokens, the transcript. */
export function runBytes(
  { kept, stateBytes }: Checkpoints,
  { steps, textBytes, corpusTokens }: { steps: number; textBytes: number; corpusTokens: number },
): number {
  return Math.round(kept * stateBytes + stateBytes / 3 + 1.05 * textBytes + 2 * corpusTokens + 350 * steps);
}
