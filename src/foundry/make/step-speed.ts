// Measures how long steps take, and how many tokens a second they learn from: conversations do not fill all slots of a batch.

/** Milliseconds per step: the median of the last few for the screen, the mean of all for the result. */
export class StepSpeed {
  #last: number[] = [];
  #sum = 0;
  #count = 0;
  #tokens = 0;

  add(milliseconds: number, tokens: number): void {
    this.#tokens += tokens;
    this.#last.push(milliseconds);
    if (this.#last.length > 9) this.#last.shift();
    this.#sum += milliseconds;
    this.#count++;
  }

  get milliseconds(): number {
    const sorted = [...this.#last].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? Number.NaN;
  }

  /** Now, from the median; a step has as many tokens as the mean of all. */
  get tokensPerSecond(): number {
    return (this.#tokens / this.#count / this.milliseconds) * 1000;
  }

  /** Of all steps together. */
  get meanTokensPerSecond(): number {
    return (this.#tokens / this.#sum) * 1000;
  }
}
