// One line of a transcript as numbers, at the speed of reading: a million of them in well under a second. A line in the form that
// `make` writes is read from its bytes where they must stand; any other one as JSON. Checks no hash chain: that is the audit's.

import { numberOrBits } from './runs.ts';

/** `?` stands for any byte. */
const FORM = `{"batch":"${'?'.repeat(64)}","gradNorm":"${'?'.repeat(16)}","learningRate":"${'?'.repeat(8)}","link":"${'?'.repeat(64)}","loss":"${'?'.repeat(16)}"`;
const GRAD_NORM = FORM.indexOf('"gradNorm":"') + 12;
const BATCH_DIGITS = '{"batch":"'.length;
const LINK = FORM.indexOf('"link":"') + 8;
const LEARNING_RATE = FORM.indexOf('"learningRate":"') + 16;
const LOSS = FORM.indexOf('"loss":"') + 8;
const ROOT = `,"stateRoot":"${'?'.repeat(64)}"`;
const STEP = ',"step":';

/** Where bytes of a form are given, and which. */
function fixed(form: string): { at: Uint16Array; byte: Uint8Array } {
  const places = [...form].flatMap((c, i) => (c === '?' ? [] : [i]));
  return { at: Uint16Array.from(places), byte: Uint8Array.from(places, (i) => form.charCodeAt(i)) };
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
/** From 256 on where a byte was no digit. */
let strange = 0;

function word(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const digit = DIGIT[bytes[at + i]!]!;
    strange |= digit;
    value = (value << 4) | digit;
  }
  return value;
}

function digest(bytes: Uint8Array, at: number): void {
  for (let i = at; i < at + 64; i++) strange |= DIGIT[bytes[i]!]!;
}

function float64(bytes: Uint8Array, at: number): number {
  bits.setInt32(0, word(bytes, at));
  bits.setInt32(4, word(bytes, at + 8));
  return bits.getFloat64(0);
}

function float32(bytes: Uint8Array, at: number): number {
  bits.setInt32(0, word(bytes, at));
  return bits.getFloat32(0);
}

/** What a line said last; read it before the next line. Not finite where the record's bits are not. */
export const record = { loss: 0, gradNorm: 0, learningRate: 0, stateRoot: undefined as string | undefined };

/** Reads the line from `from` to before `to` into `record`; it must be that of `step`. Returns what is wrong with it, if anything. */
export function readRecordLine(bytes: Buffer, from: number, to: number, step: number): string | undefined {
  return readForm(bytes, from, to, step) ? undefined : readJson(bytes.toString('utf8', from, to), step);
}

function readForm(bytes: Buffer, from: number, to: number, step: number): boolean {
  let at = from + FORM.length;
  if (at >= to || !fits(bytes, from, FORM_FIXED)) return false;
  strange = 0;
  record.gradNorm = float64(bytes, from + GRAD_NORM);
  record.learningRate = float32(bytes, from + LEARNING_RATE);
  record.loss = float64(bytes, from + LOSS);
  record.stateRoot = undefined;
  digest(bytes, from + BATCH_DIGITS);
  digest(bytes, from + LINK);
  if (strange >= 256) return false;
  if (at + ROOT.length < to && fits(bytes, at, ROOT_FIXED)) {
    const root = bytes.toString('latin1', at + ROOT.length - 65, at + ROOT.length - 1);
    if (!/^[0-9a-f]{64}$/.test(root)) return false;
    record.stateRoot = root;
    at += ROOT.length;
  }
  if (!fits(bytes, at, STEP_FIXED)) return false;
  at += STEP.length;
  let found = 0;
  for (; at < to - 1; at++) {
    const digit = DIGIT[bytes[at]!]!;
    if (digit > 9) return false;
    found = 10 * found + digit;
  }
  return found === step && bytes[to - 1] === 125;
}

function readJson(line: string, step: number): string | undefined {
  let value: { [key: string]: unknown };
  try {
    value = JSON.parse(line);
  } catch {
    return 'is not JSON';
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return 'is not an object';
  if (value.step !== step) return `step is not ${step}`;
  for (const name of ['loss', 'gradNorm', 'learningRate'] as const) {
    const x = numberOrBits(value[name]);
    if (x === null) return `${name} is no number`;
    record[name] = x;
  }
  const { stateRoot } = value;
  record.stateRoot = typeof stateRoot === 'string' && /^[0-9a-f]{64}$/.test(stateRoot) ? stateRoot : undefined;
  return undefined;
}
