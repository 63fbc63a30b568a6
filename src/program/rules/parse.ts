// Parses a rule book: checked, and complete with defaults. Every error names the key and its line.

import { readYaml, type YamlKind } from '../../formats/index.ts';
import { digestOfJson, type Json } from '../../ledger/index.ts';
import { conflictsOf } from './check.ts';
import { type BlockInput, type PartInput, type RuleBookInput, ruleBookSchema, trimOf } from './schema.ts';
import type { Block, Part, RuleBook, Source } from './types.ts';

/** SHA-256 of the canonical JSON of the complete rule book: it depends on every value, and not on the layout of the YAML. */
export const ruleBookDigest = (book: RuleBook): string => digestOfJson(book as unknown as Json);

export const WHAT: YamlKind = { name: 'rule book', ko: '규정집', code: 'rule-book', typeCode: 'rule-book-type' };

/** The source of a part's points; conflictsOf has found exactly one. */
function sourceOf({ tasks, entered, forms, judgements }: PartInput): Source {
  if (tasks) return { kind: 'tasks', tasks };
  if (entered) return { kind: 'entered', ...entered };
  if (judgements) return { kind: 'judgements', ...judgements };
  const { experts, leastExperts, average, criteria } = forms!;
  const least = leastExperts === undefined ? {} : { leastExperts };
  return { kind: 'forms', experts, ...least, average, trim: trimOf(forms!), criteria };
}

/** A part or block with its source. */
const withSource = <S>({ id, title, points, published }: PartInput, source: S) => {
  return { id, title, points, source, ...(published && { published }) };
};
const part = (from: PartInput): Part => withSource(from, sourceOf(from));
const block = (from: BlockInput): Block =>
  withSource<Block['source']>(from, from.parts ? { kind: 'parts', parts: from.parts.map(part) } : sourceOf(from));

/**
 * Parses a rule book; `file` names it in errors.
 * @throws JikjiError `rule-book-yaml`, `rule-book-duplicate-key`, `rule-book-unknown-key`, `rule-book-missing-key`,
 * `rule-book-type`, `rule-book-range`, `rule-book-conflict`
 */
export function parseRuleBook(text: string, { file }: { file: string }): RuleBook {
  const { value, places } = readYaml(text, file, ruleBookSchema, WHAT);
  const [conflict] = conflictsOf(value, places);
  if (conflict) throw conflict;
  return completeRuleBook(value);
}

/** A checked rule book with all defaults. An omitted section of a record is null. */
export function completeRuleBook(value: RuleBookInput): RuleBook {
  const { formatVersion, name, version, record, title, originality, points, selection, selfReliance, published } =
    value;
  const { veto, components, excludes, audit, lineage } = originality;
  const { shape } = ruleBookSchema;
  /** An omitted section: null in a record, otherwise all defaults. */
  const section = <T>(given: T | null | undefined, schema: { parse(value: unknown): T | null | undefined }): T | null =>
    given ?? (record ? null : (schema.parse({}) as T));
  return {
    ...{ formatVersion, name, version, record, title },
    eligibility: section(value.eligibility, shape.eligibility),
    ...(selection && { selection }),
    originality: {
      ...{ veto, components, excludes },
      audit: section(audit, shape.originality.shape.audit),
      ...(lineage && { lineage }),
      ...(originality.published && { published: originality.published }),
    },
    points,
    blocks: value.blocks.map(block),
    rounding: section(value.rounding, shape.rounding),
    kept: value.kept ?? null,
    tieBreak: value.tieBreak ?? (record ? [] : ['equal']),
    target: value.target ?? null,
    publication: section(value.publication, shape.publication),
    ...(selfReliance && { selfReliance }),
    limits: section(value.limits, shape.limits),
    ...(published && { published }),
  };
}
