// Ends a text before the first of some strings that is complete in it. What may be the beginning of one is held back until it is clear.

export class StopStrings {
  readonly #stops: readonly string[];
  #held = '';

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
  }

  /** Takes more of the text; returns what surely belongs to it, and whether it ends there. */
  push(text: string): { text: string; found: boolean } {
    const all = this.#held + text;
    const places = this.#stops.flatMap((stop) => {
      const start = all.indexOf(stop);
      return start < 0 ? [] : [{ start, end: start + stop.length }];
    });
    if (places.length > 0) {
      this.#held = '';
      const { start } = places.reduce((a, b) => (b.end < a.end || (b.end === a.end && b.start < a.start) ? b : a));
      return { text: all.slice(0, start), found: true };
    }
    const kept = Math.max(0, ...this.#stops.map((stop) => overlap(all, stop)));
    this.#held = all.slice(all.length - kept);
    return { text: all.slice(0, all.length - kept), found: false };
  }

  /** What was held back when the text ended otherwise. */
  end(): string {
    const text = this.#held;
    this.#held = '';
    return text;
  }
}

/** The length of the longest end of a text with which a string begins, not all of it. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--)
    if (text.endsWith(stop.slice(0, length))) return length;
  return 0;
}
