// Plans in a process of their own, with limits: a config.json may ask for more work than anybody foresaw. Few at a time; the others wait for
// their turn. Nothing is kept.

import { childScript, runChild, sandboxSettings } from '../apart/index.ts';
import { JikjiError } from '../base/index.ts';
import type { PlannedPlace, PlanRequest } from './plans.ts';
import * as refuse from './refusals.ts';

/** A model that comes with Jikji, or the text of a config.json. */
export type PlanQuestion = { model: { name: string } | { config: string } } & Pick<
  PlanRequest,
  'device' | 'devices' | 'batch'
>;

/** Of a run of any length: `run` of its plans says nothing. */
export interface AnsweredPlan extends Pick<PlannedPlace, 'front' | 'limits' | 'lacking'> {
  name: string;
  /** The model that comes with Jikji and has the same shape. */
  like: string | null;
  parameters: number;
  activeParameters: number;
  fitting: number;
  /** Bytes of a device that a plan may take. */
  room: number;
}

const MAX_SECONDS = 20;
const MAX_BYTES = 640 << 20;
/** Plans at a time in this process, and those that wait. */
const MAX_RUNNING = 2;
const MAX_WAITING = 16;

let running = 0;
const waiting: (() => void)[] = [];

/** False if `signal` ended the waiting: there is no turn to give back. */
function takeTurn(signal: AbortSignal): Promise<boolean> | boolean {
  if (running < MAX_RUNNING) {
    running++;
    return true;
  }
  if (waiting.length >= MAX_WAITING) throw refuse.othersRunning('plan');
  return new Promise((resolve) => {
    const begin = () => {
      signal.removeEventListener('abort', leave);
      resolve(true);
    };
    const leave = () => {
      waiting.splice(waiting.indexOf(begin), 1);
      resolve(false);
    };
    signal.addEventListener('abort', leave, { once: true });
    waiting.push(begin);
  });
}

/** Whoever waits next takes over. */
function giveTurn(): void {
  const next = waiting.shift();
  if (next) next();
  else running--;
}

/**
 * Plans a run; undefined if `signal` stopped it.
 * @throws JikjiError `plan-config`, `plan-too-long`, `plan-failed`, `too-many`
 */
export async function planApart(
  question: PlanQuestion,
  signal: AbortSignal,
  seconds = MAX_SECONDS,
): Promise<AnsweredPlan | undefined> {
  if (signal.aborted || !(await takeTurn(signal))) return undefined;
  try {
    const ended = await runChild<AnsweredPlan, never>(childScript(import.meta.url, 'plan'), question, {
      settings: sandboxSettings(),
      seconds,
      bytes: MAX_BYTES,
      signal,
      onProgress: () => {},
    });
    if (ended.how === 'done') return ended.result;
    if (ended.how === 'stopped') return undefined;
    if (ended.how === 'failed') throw JikjiError.received(ended.failure);
    if (ended.how === 'too-long') throw refuse.tooLong('plan', seconds);
    if (ended.how === 'crashed') console.error(ended.text);
    throw refuse.ended('plan');
  } finally {
    giveTurn();
  }
}
