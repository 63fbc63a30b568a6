// The JSON files of a witnessed run: their one spelling, their digests and their shapes. What they say is the maker's word.

import { z } from 'zod';
import { type JikjiError, parseJson } from '../../base/index.ts';
import { canonicalJson, type Json, sha256Hex } from '../../ledger/index.ts';
import { broken, evidenceError, type RunFolder } from '../folder.ts';
import { HINTS } from '../sentences/common.ts';
import { EVIDENCE } from './sentences/evidence.ts';

/** The folder of a run lists the names of all parameters. */
const MAX_BYTES = 64 << 20;
const MAX_NAMES = 1_000_000;
const name = z.string().min(1).max(4096);
const short = z.string().max(500);

const list = z.strictObject({
  formatVersion: z.literal(1),
  files: z
    .array(
      z.strictObject({
        name,
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        size: z.int().min(0),
      }),
    )
    .max(100_000),
});

const recipe = z.strictObject({
  formatVersion: z.literal(1),
  optimizer: z.strictObject({
    class: short,
    groups: z
      .array(z.strictObject({ options: z.record(z.string(), z.unknown()), parameters: z.array(name).max(MAX_NAMES) }))
      .max(10_000),
  }),
  recipe: z.unknown(),
});

const ofEnvironment = {
  torch: short,
  python: short,
  device: short,
  processor: short,
  threads: z.int().min(1).max(100_000),
  capability: short,
  deterministic: z.boolean(),
  flags: z.record(z.string(), short),
  ranks: z.int().min(1).max(100_000),
  parallel: z.enum(['none', 'ddp', 'fsdp1', 'fsdp2', 'other']),
};
/** Version 2 says what products may lose. */
const environment = z.discriminatedUnion('formatVersion', [
  z.strictObject({ formatVersion: z.literal(1), ...ofEnvironment }),
  z.strictObject({
    formatVersion: z.literal(2),
    ...ofEnvironment,
    precision: z.strictObject({
      bfloat16Reduction: z.boolean(),
      convolutions: z.enum(['float32', 'tf32']),
      float16Reduction: z.boolean(),
      products: z.enum(['highest', 'high', 'medium']),
    }),
  }),
]);

export const MADE_FROM = {
  'recipe.json': recipe,
  'data.json': list,
  'environment.json': environment,
  'code.json': list,
} as const;
export type MadeFromFile = keyof typeof MADE_FROM;

export type WitnessRecipe = z.infer<typeof recipe>;
export type WitnessEnvironment = z.infer<typeof environment>;
export type FileList = z.infer<typeof list>;

/** Each text of a run ends with a newline: one that does not was cut off. @throws JikjiError `evidence-missing` */
export function requireEnd(folder: RunFolder, file: string): void {
  const size = folder.size(file);
  if (size === undefined) return; // whoever reads it says so
  const [last] = folder.pieces(file, Math.max(0, size - 1), 1);
  if (last?.[0] !== 0x0a) throw cutOff(file);
}

export const cutOff = (file: string): JikjiError =>
  evidenceError('evidence-missing', file, EVIDENCE.cutOff, HINTS.getAgain);

/**
 * A file of this shape, in its one spelling: canonical JSON and a newline.
 * @throws JikjiError `evidence-missing`, `evidence-broken`
 */
export function readJsonIn<T>(folder: RunFolder, file: string, shape: z.ZodType<T>): { value: T; digest: string } {
  requireEnd(folder, file);
  const text = folder.text(file, MAX_BYTES);
  let value: unknown;
  try {
    value = parseJson(text);
    if (`${canonicalJson(value as Json)}\n` !== text) throw broken(file, EVIDENCE.notCanonicalLine);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) throw broken(file, EVIDENCE.notCanonical);
    throw error;
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    // The schema's messages are English.
    throw broken(file, { en: `${path.join('.') || 'the file'}: ${message}` });
  }
  return { value: parsed.data, digest: sha256Hex(text) };
}
