// How fast an answer was written, by when its tokens came. Tokens that had waited somewhere on the way come all at once and say nothing of it.

/** What comes within so many milliseconds of the first token came together with it: only what follows is measured. */
const TOGETHER_MS = 10;
/** Below this the clock of a browser, and a pause on the way, decide the figure. */
const MIN_MS = 100;
const MIN_TOKENS = 8;

/** A meter of one answer. `came` is told of tokens as they come, in milliseconds of one clock. */
export function speedMeter() {
  let first: number | undefined;
  let begin = 0;
  let end = 0;
  let tokens = 0;
  return {
    came(count: number, now: number): void {
      first ??= now;
      end = now;
      if (now - first <= TOGETHER_MS) begin = now;
      else tokens += count;
    },
    /** Tokens per second; null where too few came, or in too short a time. */
    perSecond(): number | null {
      const time = end - begin;
      return tokens >= MIN_TOKENS && time >= MIN_MS ? (1000 * tokens) / time : null;
    },
  };
}
