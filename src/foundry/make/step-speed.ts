// Measures how long steps take.

/** Milliseconds per step: the median of the last few for the screen, the mean of all for the result. */
export class StepSpeed {
  #last: number[] = [];
  #sum = 0;
  #count = 0;

  add(milliseconds: number): void {
    this.#last.push(milliseconds);
    if (this.#last.length > 9) this.#last.shift();
    this.#sum += milliseconds;
    this.#count++;
  }

  get milliseconds(): number {
    const sorted = [...this.#last].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? Number.NaN;
  }

  get mean(): number {
    return this.#sum / this.#count;
  }
}
