// Reads chip cards: what `python3 -m jikji_witness.card` measured of a device. The file is untrusted; it must be canonical JSON, so that
// it says one thing to every reader. Does not know whether the measurements are true: a card is the word of whoever signed it with a name.

import type { z } from 'zod';
import type { JikjiError } from '../base/index.ts';
import { canonicalJson, type Json, sha256Hex } from '../ledger/index.ts';
import { type CardResult, type CardSection, cardSchema, findingSchema, NOT_MEASURED } from './chip-card-schema.ts';
import type { CardFinding, ChipCard } from './chip-card-shape.ts';
import { JsonFile, type JsonKind } from './json.ts';
import { nearestNameHint } from './nearest-name.ts';
import { type Path, showPath } from './value-places.ts';

export const MAX_CARD_BYTES = 1 << 20;
const KIND: JsonKind = {
  name: 'chip card',
  code: 'chip-card',
  maxBytes: MAX_CARD_BYTES,
  smaller: 'hand in the file as jikji_witness.card wrote it',
};

/** Whether a text is meant as a chip card. No text is one and a catalogue: a catalogue has no key `kind` with this value. */
export const isChipCard = (text: string): boolean => /^\s*\{/.test(text) && /"kind"\s*:\s*"chip-card"/.test(text);

/**
 * Reads the text of a card; `file` names it in errors.
 * @throws JikjiError `chip-card-...`
 */
export function parseChipCard(text: string, file: string): ChipCard {
  const json = new JsonFile(file, KIND);
  const value = json.parse(text) as Json;
  const version = (value as { formatVersion?: unknown } | null)?.formatVersion;
  if (typeof version === 'number' && version !== 1)
    throw json.error(
      'chip-card-version',
      `formatVersion ${version} is not read`,
      'take a newer Jikji, or measure again',
    );
  const card = checked(json, cardSchema, value, []);
  const findings = card.findings.map((one, i) => findingOf(json, one, i));
  const seen = new Set<string>();
  findings.forEach(({ about, of, dtype }, i) => {
    const key = JSON.stringify([about, of, dtype]);
    if (seen.has(key)) {
      const message = `findings[${i}] repeats an earlier one: ${about}, ${of}, ${dtype}`;
      throw json.error('chip-card-range', message, KIND.smaller);
    }
    seen.add(key);
  });
  if (text !== `${canonicalJson(value)}\n`)
    throw json.error('chip-card-altered', 'this is not the canonical form of a chip card', KIND.smaller);
  return {
    file,
    digest: sha256Hex(text),
    device: card.device.name,
    torch: card.software.torch ?? null,
    by: card.by,
    time: card.time,
    vectors: card.vectors.sha256,
    asked: card.device.asked,
    capability: card.device.capability,
    software: card.software,
    settings: card.settings,
    findings,
  };
}

interface Written {
  about: CardSection;
  dtype: string;
  of: string;
  result: string;
  reason?: string;
  numbers?: Record<string, number | null>;
  bits?: string;
}

function findingOf(json: JsonFile, value: { about: CardSection; result?: unknown }, i: number): CardFinding {
  const path = ['findings', i];
  const found = checked(json, findingSchema(value.about, value.result), value, path) as Written;
  const { about, of, dtype, result, reason = null, numbers = {}, bits = null } = found;
  if (result !== NOT_MEASURED && !follows(about, result, numbers as Record<string, number>)) {
    const message = `${showPath(path)}: the result "${result}" does not follow from its numbers`;
    throw json.error('chip-card-range', message, KIND.smaller);
  }
  return { about, of, dtype, result: result === NOT_MEASURED ? null : shownResult(found), reason, numbers, bits };
}

/** Cards of before called a product's sums fused where some of them were. */
function shownResult({ about, result, numbers = {} }: Written): CardResult {
  const { fused = 0, separate = 0, neither = 0 } = numbers as Record<string, number>;
  const isMixed = about === 'multiply-add' && result === 'fused' && fused > 0 && separate + neither > 0;
  return isMixed ? 'mixed' : (result as CardResult);
}

/** Whether a result is what its numbers say. */
function follows(about: CardSection, result: string, numbers: Record<string, number | null>): boolean {
  const n = numbers as Record<string, number>;
  const seen = Object.keys(n).filter((name) => n[name] > 0);
  const only = seen.length === 1 ? seen[0] : 'mixed';
  switch (about) {
    case 'multiply-add':
      // In a matrix product, one fused addition shows that there are such, and separate ones show nothing.
      return (
        only === result ||
        (result === 'fused' ? n.fused > 0 : result === 'not-seen' && only === 'separate') ||
        (result === 'neither' && n.fused === 0 && n.neither > 0)
      );
    case 'product-inputs':
      return n.kept <= n.type && (result === 'full') === (n.kept === n.type);
    case 'product-sums':
      return n.kept <= n.most && (result === 'at-least') === (n.kept === n.most);
    case 'subnormal-inputs':
    case 'subnormal-outputs':
      return only === result;
    case 'rounding':
      return (
        Math.max(n.nearestEven, n.towardZero) <= n.cases &&
        (result === 'nearest-even') === (n.nearestEven === n.cases) &&
        (result !== 'toward-zero' || n.towardZero === n.cases)
      );
    case 'repeat-batch':
      return n.rowsDiffering <= n.rows && (result === 'same') === (n.rowsDiffering === 0);
    case 'accuracy':
      return n.compared <= n.elements && isPossible(result, numbers);
    default:
      return n.distinct <= n.tries && (result === 'same') === (n.distinct === 1);
  }
}

/** Decimals to which a card rounds its errors. */
const LAST_DECIMAL = 1e-4;

/** Whether errors can be those of a result in its type: nothing in it lies nearer to the exact one than that rounded once. Null: beyond all measure. */
function isPossible(
  result: string,
  { largest, largestRounded, rms, rmsRounded }: Record<string, number | null>,
): boolean {
  if (result === 'not-finite') return largest === null && rms === null;
  const isAtLeast = (a: number | null | undefined, b: number | null | undefined) =>
    a === null || Number(a) >= Number(b);
  return (
    isAtLeast(largest, largestRounded) && isAtLeast(rms, rmsRounded) && isAtLeast(largest, Number(rms) - LAST_DECIMAL)
  );
}

function checked<T extends z.ZodType>(json: JsonFile, schema: T, value: unknown, at: Path): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw failure(json, result.error.issues[0], at, value);
}

/** The first fault of a card as an error that names its place. */
function failure(json: JsonFile, issue: z.core.$ZodIssue, at: Path, value: unknown): JikjiError {
  const path = [...at, ...(issue.path as Path)];
  const name = path.length > 0 ? showPath(path).slice(0, 200) : 'the card';
  const found = issue.path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown>)?.[key], value);
  if (issue.code === 'unrecognized_keys') {
    const key = JSON.stringify(issue.keys[0].slice(0, 60));
    return json.error('chip-card-range', `${name} has the unknown member ${key}`, KIND.smaller);
  }
  if (found === undefined) return json.error('chip-card-missing', `${name} is missing`, KIND.smaller);
  if (issue.code === 'invalid_type')
    return json.error('chip-card-type', `${name} must be of the type ${issue.expected}`, KIND.smaller);
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const hint = nearestNameHint(String(found).slice(0, 60), values, `it is one of ${values.slice(0, 12).join(', ')}`);
    return json.error('chip-card-range', `${name} is ${JSON.stringify(found)?.slice(0, 80)}`, hint);
  }
  if (issue.code === 'custom' && issue.params?.text === true)
    return json.error('chip-card-text', `${name} ${issue.message}`, 'remove control characters');
  return json.error('chip-card-range', `${name}: ${issue.message}`, KIND.smaller);
}
