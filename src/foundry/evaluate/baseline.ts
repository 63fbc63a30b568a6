// Whether a model's answers are right more often than a baseline's, part by part. Takes the results of an evaluation; knows no model.

interface Result {
  /** Null or undefined: the whole task. */
  part?: string | null | undefined;
  metric: string;
  value: number | null;
  stderr: number | null;
  n: number;
}

/** One part of a task beside its baseline. Shares from 0 to 1; `difference` from -1 to 1. */
export interface Compared {
  /** Undefined for a task without parts. */
  part: string | undefined;
  n: number;
  exact: number;
  baseline: number;
  difference: number;
  /** Of the difference, paired by question. Null where there is one question. */
  stderr: number | null;
  beats: boolean;
}

/** A part beats its baseline where the difference has at least so many standard errors. */
export const STANDARD_ERRORS = 3;
/** Of fewer questions the standard error says too little: nothing beats a baseline on them. */
export const MIN_QUESTIONS = 30;

/** The parts of one task (or the whole where it has none) that have both `exact_match` and `above_baseline`. */
export function compareWithBaseline(results: readonly Result[]): Compared[] {
  const exactOf = new Map(
    results.flatMap(({ part, metric, value }) => (metric === 'exact_match' ? [[part, value] as const] : [])),
  );
  const compared = results.flatMap(({ part, metric, value, stderr, n }): Compared[] => {
    if (metric !== 'above_baseline' || value === null) return [];
    const exact = exactOf.get(part);
    if (exact == null) return [];
    const beats = n >= MIN_QUESTIONS && stderr !== null && value > 0 && value >= STANDARD_ERRORS * stderr;
    return [{ part: part ?? undefined, n, exact, baseline: exact - value, difference: value, stderr, beats }];
  });
  const parts = compared.filter(({ part }) => part !== undefined);
  return parts.length > 0 ? parts : compared;
}
