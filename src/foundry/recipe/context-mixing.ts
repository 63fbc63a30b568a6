// A compressor of the PAQ family that only counts: how many bits the next byte costs, for a predictor that mixes what followed the last 1
// to 12 bytes before. It learns as it reads, as a language model does on its first pass. Writes no compressed text.

/** How many bytes before each predictor looks at. */
const LENGTHS = [1, 2, 3, 4, 6, 12];
const ORDERS = LENGTHS.length;
const LONGEST = LENGTHS.at(-1)!;
/** Slots of each order's table, for the bits of the bytes that followed a context. Contexts that collide share one. */
const SLOTS = 1 << 20;
/** A slot's estimate moves by 1 / (n + 1.5) at its n-th use, and by no less than at this use. */
const MAX_USES = 30;
const MIXER_RATE = 0.02;
/** One set of weights for each prefix of a byte's bits. */
const PREFIXES = 256;
const LEAST = 1e-4;

const RATES = Float64Array.from({ length: MAX_USES + 1 }, (_, n) => 1 / (n + 1.5));
/** ln(p / (1 - p)) for p in 4,096 classes. */
const LOGITS = Float64Array.from({ length: 4096 }, (_, i) => Math.log((i + 0.5) / (4095.5 - i)));

export class ContextMixing {
  /** Of each slot: the chance that the bit is 1, in 1 / 65,536, and how often it was used. */
  readonly #chances = new Uint16Array(ORDERS * SLOTS).fill(1 << 15);
  readonly #uses = new Uint8Array(ORDERS * SLOTS);
  readonly #weights = new Float64Array(ORDERS * PREFIXES).fill(1.5 / ORDERS);
  /** The last bytes, the newest first. */
  readonly #history = new Uint8Array(LONGEST);
  readonly #contexts = new Int32Array(ORDERS);
  readonly #slots = new Int32Array(ORDERS);
  readonly #logits = new Float64Array(ORDERS);

  /** Reads bytes and learns from them; returns the bits that they cost. */
  read(bytes: Uint8Array): number {
    let nats = 0;
    for (const byte of bytes) {
      this.#hashContexts();
      for (let place = 7, prefix = 1; place >= 0; place--) {
        const bit = (byte >> place) & 1;
        nats -= Math.log(this.#bit(prefix, bit));
        prefix = 2 * prefix + bit;
      }
      this.#history.copyWithin(1, 0);
      this.#history[0] = byte;
    }
    return nats / Math.LN2;
  }

  /** A hash of the last bytes for each predictor. */
  #hashContexts(): void {
    let hash = 0;
    for (let order = 0, length = 0; order < ORDERS; order++) {
      for (; length < LENGTHS[order]; length++) {
        hash = (Math.imul(hash ^ this.#history[length], 0x2c1b3c6d) + 0x297a2d39) | 0;
        hash ^= hash >>> 15;
      }
      this.#contexts[order] = hash;
    }
  }

  /** The chance that was given to this bit, from which it then learns. */
  #bit(prefix: number, bit: number): number {
    const first = (prefix % PREFIXES) * ORDERS;
    let logit = 0;
    for (let order = 0; order < ORDERS; order++) {
      let hash = Math.imul(this.#contexts[order] ^ Math.imul(prefix, 0x85ebca6b), 0xc2b2ae35);
      hash ^= hash >>> 13;
      const slot = order * SLOTS + (hash & (SLOTS - 1));
      this.#slots[order] = slot;
      // A slot that was never used says nothing.
      this.#logits[order] = this.#uses[slot] === 0 ? 0 : LOGITS[this.#chances[slot] >> 4];
      logit += this.#weights[first + order] * this.#logits[order];
    }
    const one = Math.min(1 - LEAST, Math.max(LEAST, 1 / (1 + Math.exp(-logit))));
    const error = MIXER_RATE * (bit - one);
    for (let order = 0; order < ORDERS; order++) {
      const slot = this.#slots[order];
      const uses = this.#uses[slot];
      this.#weights[first + order] += error * this.#logits[order];
      this.#chances[slot] += ((bit === 1 ? 65_535 : 0) - this.#chances[slot]) * RATES[uses];
      if (uses < MAX_USES) this.#uses[slot] = uses + 1;
    }
    return bit === 1 ? one : 1 - one;
  }
}
