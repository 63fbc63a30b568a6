// The job loop of every thread. A job is one operation over items; threads take the next items from a shared counter. Threads split
// outputs, never a sum: the thread that computes an item changes no bit.
//
// A job never waits for a worker that has not begun it: one that sleeps, or for which the machine has no core, comes too late and finds the
// job closed. The control block has: epoch (incremented for each job), next item, workers in the job, each on a separate cache line; then
// operation, items, chunk (items taken at once), and the arguments of the operation.
import {
  CONTROL_ARGUMENTS as ARGUMENTS, CONTROL_BUSY as BUSY, CONTROL_CHUNK as CHUNK, CONTROL_EPOCH as EPOCH, CONTROL_ITEMS as ITEMS,
  CONTROL_NEXT as NEXT, CONTROL_OPERATION as OPERATION, EXIT,
} from './build/crossing';
import { runItems } from './build/dispatch';

/** About a tenth of a millisecond. To wake a sleeping thread costs as much: a worker stays awake between the jobs of a step or a token. */
const SPINS: i32 = 100_000;
/** Beside the number of workers in a job: nobody comes in any more. */
const CLOSED: i32 = 1 << 30;

function drain(control: usize, scratch: usize): void {
  const operation = load<i32>(control, OPERATION);
  const items = load<i32>(control, ITEMS);
  const chunk = load<i32>(control, CHUNK);
  for (;;) {
    const first = atomic.add<i32>(control + NEXT, chunk);
    if (first >= items) return;
    runItems(operation, control + ARGUMENTS, first, min(first + chunk, items), scratch);
  }
}

/** Comes into the job, which it may then read until it leaves; false if it is closed. */
function enter(control: usize): bool {
  let busy: i32;
  do {
    busy = atomic.load<i32>(control + BUSY);
    if (busy & CLOSED) return false;
  } while (atomic.cmpxchg<i32>(control + BUSY, busy, busy + 1) != busy);
  return true;
}

/** The loop of a worker: runs jobs until the exit job, which it never leaves. `scratch` is the worker's own memory. */
export function work(control: usize, scratch: usize): void {
  let seen: i32 = 0;
  for (;;) {
    let spins: i32 = 0;
    let epoch = atomic.load<i32>(control + EPOCH);
    while (epoch == seen) {
      if (++spins > SPINS) atomic.wait<i32>(control + EPOCH, seen, -1);
      epoch = atomic.load<i32>(control + EPOCH);
    }
    seen = epoch;
    if (!enter(control)) continue;
    if (load<i32>(control, OPERATION) == EXIT) {
      atomic.notify(control + BUSY, 1);
      return;
    }
    drain(control, scratch);
    if (atomic.sub<i32>(control + BUSY, 1) == (CLOSED | 1)) atomic.notify(control + BUSY, 1);
  }
}

/** Runs the job in the control block on all threads; returns when its last item is done, or 0 if a worker is lost. */
export function run(control: usize, workers: i32, scratch: usize): i32 {
  const isExit = load<i32>(control, OPERATION) == EXIT;
  atomic.store<i32>(control + NEXT, 0);
  atomic.store<i32>(control + BUSY, 0);
  atomic.add<i32>(control + EPOCH, 1);
  atomic.notify(control + EPOCH, workers);
  if (isExit) return waitUntil(control, workers);
  drain(control, scratch);
  atomic.or<i32>(control + BUSY, CLOSED);
  return waitUntil(control, CLOSED);
}

/** Waits until as many workers are in the job; 0 if for ten minutes none comes or leaves. */
function waitUntil(control: usize, wanted: i32): i32 {
  let busy = atomic.load<i32>(control + BUSY);
  for (let spins: i32 = 0; busy != wanted; busy = atomic.load<i32>(control + BUSY)) {
    if (++spins > SPINS && atomic.wait<i32>(control + BUSY, busy, 600_000_000_000) == 2) return 0;
  }
  return 1;
}

/** The same on the calling thread alone, for jobs that are too small to wake workers. */
export function runAlone(control: usize, scratch: usize): void {
  atomic.store<i32>(control + NEXT, 0);
  drain(control, scratch);
}
