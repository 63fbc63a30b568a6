// The results of `bench/lineage.ts`: a line of JSON for each comparison, added when it is done; what is there is not done again.

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Compared } from './lineage-comparing.ts';

/** Scores of other methods for the same pair. */
export interface PeerScores {
  /** Cisco's score of the weights, and what its gate says before: null where it asks the weights. */
  cisco: number | null;
  gate: number | null;
  awm: number | null;
}

interface Scored extends Compared {
  peers: PeerScores;
}

export type Length = 'short' | 'full';

export type Line =
  | { phase: 'session'; date: string; processor: string; run: string; shortSteps: number; fullSteps: number }
  | ({ phase: 'independent'; length: Length; pair: readonly [number, number] } & Scored)
  | ({ phase: 'derived'; name: string; trial: number } & Scored)
  | ({ phase: 'trained'; times: number; trial: number } & Scored);

export type LineOf<P extends Line['phase']> = Extract<Line, { phase: P }>;

/** What was measured: no two lines have the same, and those of sessions have none. */
export function itemOf(line: object): string {
  const { phase, length, pair, name, times, trial } = line as Record<string, unknown>;
  return JSON.stringify([phase, length, pair, name, times, trial]);
}

export function readLines(file: string): Line[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Line);
}

export const addLine = (file: string, line: Line): void => appendFileSync(file, `${JSON.stringify(line)}\n`);

/** Which part of the items this process does: `1/2` and `2/2` share them. */
export interface Share {
  part: number;
  of: number;
}

/** Does what is not done yet, and says how far it is. */
export function doItems<T>(
  what: string,
  items: readonly T[],
  { isDone, share, run }: { isDone: (item: T) => boolean; share: Share; run: (item: T) => void },
): void {
  const left = items.filter((item, i) => i % share.of === share.part - 1 && !isDone(item));
  const start = performance.now();
  let said = start;
  for (const [i, item] of left.entries()) {
    run(item);
    const now = performance.now();
    if (now - said < 10_000 && i + 1 < left.length) continue;
    said = now;
    const seconds = (((now - start) / (i + 1)) * (left.length - i - 1)) / 1000;
    process.stderr.write(`${what}: ${i + 1} of ${left.length}, ${spoken(seconds)} left\n`);
  }
}

const spoken = (seconds: number) => (seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} minutes`);
