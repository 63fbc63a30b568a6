// The job loop that every thread runs. A job is one operation over items; threads take the next items from a shared counter.
// Threads split outputs, never a sum: who computes an item changes no bit.
//
// Control block, each word on a cache line of its own:
//   +0 epoch (one more for each job)   +64 next item   +128 workers still busy
//   +192 operation, +196 items, +200 items taken at once   +256 the operation's arguments, 32-bit words
import { runItems } from './operations';

const NEXT: usize = 64;
const BUSY: usize = 128;
const OPERATION: usize = 192;
const ITEMS: usize = 196;
const CHUNK: usize = 200;
const ARGUMENTS: usize = 256;
const EXIT: i32 = -1;
const SPINS: i32 = 20000; // some tens of microseconds: jobs follow each other closely while a step runs

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

/** A worker's life: waits for jobs until it is told to leave. `scratch` is memory of its own. */
export function work(control: usize, scratch: usize): void {
  let seen: i32 = 0;
  for (;;) {
    let spins: i32 = 0;
    let epoch = atomic.load<i32>(control);
    while (epoch == seen) {
      if (++spins > SPINS) atomic.wait<i32>(control, seen, -1);
      epoch = atomic.load<i32>(control);
    }
    seen = epoch;
    const leave = load<i32>(control, OPERATION) == EXIT;
    if (!leave) drain(control, scratch);
    if (atomic.sub<i32>(control + BUSY, 1) == 1) atomic.notify(control + BUSY, 1);
    if (leave) return;
  }
}

/** Runs the job that stands in the control block on all threads and returns when its last item is done; 0 if a worker is lost. */
export function run(control: usize, workers: i32, scratch: usize): i32 {
  atomic.store<i32>(control + NEXT, 0);
  atomic.store<i32>(control + BUSY, workers);
  atomic.add<i32>(control, 1);
  atomic.notify(control, workers);
  if (load<i32>(control, OPERATION) != EXIT) drain(control, scratch);
  let busy = atomic.load<i32>(control + BUSY);
  for (let spins: i32 = 0; busy != 0; busy = atomic.load<i32>(control + BUSY)) {
    if (++spins > SPINS && atomic.wait<i32>(control + BUSY, busy, 600_000_000_000) == 2) return 0;
  }
  return 1;
}

/** The same on the calling thread alone, for jobs too small to wake anybody. */
export function runAlone(control: usize, scratch: usize): void {
  atomic.store<i32>(control + NEXT, 0);
  drain(control, scratch);
}
