// Reads one record of a transcript from the bytes of its line: a million records in well under a second. A record has only one form,
// the one that `Transcript` writes. Checks neither chain nor order: see transcript-reader.ts.

import { createHash } from 'node:crypto';

/** `?` stands for any byte. */
const FORM = `{"batch":"${'?'.repeat(64)}","gradNorm":"${'?'.repeat(16)}","learningRate":"${'?'.repeat(8)}","link":"${'?'.repeat(64)}","loss":"${'?'.repeat(16)}"`;
const BATCH = '{"batch":"'.length;
const GRAD_NORM = FORM.indexOf('"gradNorm":"') + 12;
const LEARNING_RATE = FORM.indexOf('"learningRate":"') + 16;
/** The member `link` and its comma, which the link does not commit to. */
const LINK_MEMBER = FORM.indexOf('"link":"');
const LINK = LINK_MEMBER + 8;
const LINK_MEMBER_END = FORM.indexOf('"loss"');
const LOSS = FORM.indexOf('"loss":"') + 8;
const ROOT = `,"stateRoot":"${'?'.repeat(64)}"`;
const STEP = ',"step":';
const MAX_DIGITS = 10;

/** Bytes of the shortest record, its newline counted: of step 1, without a root. */
export const MIN_RECORD = FORM.length + STEP.length + '1}\n'.length;
/** Bytes of the longest record, its newline counted. */
export const MAX_RECORD = FORM.length + ROOT.length + STEP.length + MAX_DIGITS + '}\n'.length;

/** The positions and values of a form's fixed bytes. */
function fixed(form: string): { at: Uint16Array; byte: Uint8Array } {
  const positions = [...form].flatMap((c, i) => (c === '?' ? [] : [i]));
  return { at: Uint16Array.from(positions), byte: Uint8Array.from(positions, (i) => form.charCodeAt(i)) };
}
const FORM_FIXED = fixed(FORM);
const ROOT_FIXED = fixed(ROOT);
const STEP_FIXED = fixed(STEP);

function fits(bytes: Uint8Array, from: number, { at, byte }: typeof FORM_FIXED): boolean {
  for (let i = 0; i < at.length; i++) if (bytes[from + at[i]!] !== byte[i]) return false;
  return true;
}

/** Value of a hex digit; 256 for any other byte. */
const DIGIT = new Uint16Array(256).fill(256);
for (let i = 0; i < 16; i++) DIGIT['0123456789abcdef'.charCodeAt(i)] = i;

const bits = new DataView(new ArrayBuffer(8));
/** All values of `DIGIT` so far, or-ed: at least 256 if a byte was not a hex digit. */
let digitsSeen = 0;

function word(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const digit = DIGIT[bytes[at + i]!]!;
    digitsSeen |= digit;
    value = (value << 4) | digit;
  }
  return value;
}

function digest(bytes: Uint8Array, at: number): void {
  for (let i = at; i < at + 64; i++) digitsSeen |= DIGIT[bytes[i]!]!;
}

function float64(bytes: Uint8Array, at: number): number {
  bits.setInt32(0, word(bytes, at));
  bits.setInt32(4, word(bytes, at + 8));
  return bits.getFloat64(0);
}

/** A record, which the next `read` overwrites. */
export class RecordLine {
  step = 0;
  /** Nats a token. Like the other numbers, it may be infinite or NaN. */
  loss = 0;
  gradNorm = 0;
  learningRate = 0;
  /** Root of the state after the step, if the record has one. */
  stateRoot: string | undefined;
  #bytes: Buffer = Buffer.alloc(0);
  #from = 0;
  #to = 0;

  /** Reads the line from `from` to before `to`, without its newline. Returns false if it is not a record in its only valid form. */
  read(bytes: Buffer, from: number, to: number): boolean {
    let at = from + FORM.length;
    if (at + STEP.length + 2 > to || !fits(bytes, from, FORM_FIXED)) return false;
    digitsSeen = 0;
    digest(bytes, from + BATCH);
    this.gradNorm = float64(bytes, from + GRAD_NORM);
    bits.setInt32(0, word(bytes, from + LEARNING_RATE));
    this.learningRate = bits.getFloat32(0);
    digest(bytes, from + LINK);
    this.loss = float64(bytes, from + LOSS);
    this.stateRoot = undefined;
    if (at + ROOT.length < to && fits(bytes, at, ROOT_FIXED)) {
      digest(bytes, at + ROOT.length - 65);
      this.stateRoot = bytes.toString('latin1', at + ROOT.length - 65, at + ROOT.length - 1);
      at += ROOT.length;
    }
    if (digitsSeen >= 256 || !fits(bytes, at, STEP_FIXED)) return false;
    at += STEP.length;
    const digits = to - 1 - at;
    if (digits < 1 || digits > MAX_DIGITS || bytes[at] === 0x30 || bytes[to - 1] !== 0x7d) return false;
    let step = 0;
    for (; at < to - 1; at++) {
      const digit = DIGIT[bytes[at]!]!;
      if (digit > 9) return false;
      step = 10 * step + digit;
    }
    this.step = step;
    this.#bytes = bytes;
    this.#from = from;
    this.#to = to;
    return true;
  }

  /** Bytes of the line, with its newline. */
  get bytes(): number {
    return this.#to - this.#from + 1;
  }

  /** The link that the record states, in hex. */
  get link(): string {
    return this.#bytes.toString('latin1', this.#from + LINK, this.#from + LINK + 64);
  }

  /** Digest of the step's batch, in hex. */
  get batch(): string {
    return this.#bytes.toString('latin1', this.#from + BATCH, this.#from + BATCH + 64);
  }

  /** The bits of the learning rate's binary32. */
  get learningRateBits(): number {
    return word(this.#bytes, this.#from + LEARNING_RATE) >>> 0;
  }

  /** The link that must follow `link`: SHA-256 of `link` and of the record without its own link, in hex. */
  linkAfter(link: string): string {
    return createHash('sha256')
      .update(Buffer.from(link, 'hex'))
      .update(this.#bytes.subarray(this.#from, this.#from + LINK_MEMBER))
      .update(this.#bytes.subarray(this.#from + LINK_MEMBER_END, this.#to))
      .digest('hex');
  }
}
