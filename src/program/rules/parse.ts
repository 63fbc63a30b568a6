// A rule book's text becomes a checked, complete rule book. Every complaint names the key and its line.

import type { Layer } from '../../fleet/index.ts';
import { type Citation, citationOf, readChecked, titleOf } from '../../formats/index.ts';
import { checkRuleBook } from './check.ts';
import { type BlockInput, type PartInput, ruleBookSchema } from './schema.ts';
import type { Block, Part, RuleBook, Source } from './types.ts';

type Published = { published?: Parameters<typeof citationOf>[0][] | undefined };
const published = (from: Published): { published?: Citation[] } =>
  from.published ? { published: from.published.map(citationOf) } : {};

/** Without the members that are undefined, which canonical JSON does not know. */
const byLayer = (given: Partial<Record<Layer, number | undefined>>): Partial<Record<Layer, number>> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

/** What checkRuleBook found to be there exactly once. */
function source({ tasks, entered, forms, judgements }: PartInput): Source {
  if (tasks) return { kind: 'tasks', tasks };
  if (entered) return { kind: 'entered', by: titleOf(entered.by) };
  if (judgements) return { kind: 'judgements', ...judgements };
  const { experts, average, trim, criteria } = forms!;
  return {
    kind: 'forms',
    experts,
    average,
    trim: trim ?? (average === 'mean' ? 0 : 1),
    criteria: criteria.map((criterion) => ({ ...criterion, title: titleOf(criterion.title) })),
  };
}

const part = (from: PartInput): Part => ({
  id: from.id,
  title: titleOf(from.title),
  points: from.points,
  source: source(from),
  ...published(from),
});

const block = (from: BlockInput): Block => ({
  id: from.id,
  title: titleOf(from.title),
  points: from.points,
  source: from.parts ? { kind: 'parts', parts: from.parts.map(part) } : source(from),
  ...published(from),
});

/**
 * Reads a rule book from its text; `file` names it in errors. What is left out has its default, or, in a record, is null.
 * @throws JikjiError `rule-book-yaml`, `rule-book-duplicate-key`, `rule-book-unknown-key`, `rule-book-missing-key`,
 * `rule-book-type`, `rule-book-range`, `rule-book-conflict`
 */
export function parseRuleBook(text: string, { file }: { file: string }): RuleBook {
  const { value, places } = readChecked(text, file, ruleBookSchema, { name: 'rule book', code: 'rule-book' });
  checkRuleBook(value, places);
  const { record, originality, target, selfReliance } = value;
  const { shape } = ruleBookSchema;
  /** A section that was left out: unknown in a record, else all its defaults. */
  const section = <T>(given: T | null | undefined, schema: { parse(value: unknown): T | null | undefined }): T | null =>
    given ?? (record ? null : (schema.parse({}) as T));
  return {
    formatVersion: value.formatVersion,
    name: value.name,
    version: value.version,
    record,
    title: titleOf(value.title),
    eligibility: section(value.eligibility, shape.eligibility),
    originality: {
      veto: originality.veto,
      components: originality.components,
      excludes: originality.excludes,
      audit: section(originality.audit, shape.originality.shape.audit),
      ...published(originality),
    },
    points: value.points,
    blocks: value.blocks.map(block),
    rounding: section(value.rounding, shape.rounding),
    kept: value.kept ?? null,
    tieBreak: value.tieBreak ?? (record ? [] : ['equal']),
    target: target
      ? {
          share: target.share,
          months: target.months,
          references: target.references.map((reference) => ({ ...reference, source: citationOf(reference.source) })),
          ...published(target),
        }
      : null,
    publication: section(value.publication, shape.publication),
    ...(selfReliance && {
      selfReliance: {
        floors: byLayer(selfReliance.floors),
        weights: byLayer(selfReliance.weights),
        ...published(selfReliance),
      },
    }),
    limits: section(value.limits, shape.limits),
    ...published(value),
  };
}
