// Limits of a submission, and what stands in the text without a field.

import { Fold } from '../../parts/elements.tsx';
import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { useDraft } from './draft.ts';
import { NumberAt, ProblemList, ProblemsOf } from './fields.tsx';
import { isMapping } from './yaml-text.ts';

export function Limits() {
  const { words } = useConsole();
  const { limitNames } = words.book;
  const defaults = {
    bundleBytes: 2 ** 31,
    trainingFlops: 1e15,
    parameters: 1e9,
    steps: 1e6,
    auditSeconds: 3600,
    evalSeconds: 3600,
  } as const;
  return (
    <Section title={words.book.limits} lead={words.newBook.limitsLead}>
      <ProblemsOf path={['limits']} />
      <div class="row">
        {(Object.keys(defaults) as (keyof typeof defaults)[]).map((name) => (
          <NumberAt key={name} path={['limits', name]} label={limitNames[name]} optional fallback={defaults[name]} />
        ))}
      </div>
    </Section>
  );
}

/** Keys that the form has fields for. */
const SHOWN = new Set([
  ...['name', 'version', 'title', 'eligibility', 'originality', 'points', 'blocks', 'kept', 'rounding', 'tieBreak'],
  ...['publication', 'selfReliance', 'limits'],
]);

/** What stands in the text without a field: it stays as it is. */
export function Others() {
  const { words } = useConsole();
  const w = words.newBook;
  const { values, problemsAt } = useDraft();
  const all = isMapping(values) ? values : {};
  const others = Object.keys(all).filter((key) => !SHOWN.has(key));
  if (isMapping(all.originality))
    others.push(
      ...['lineage', 'published']
        .filter((key) => key in (all.originality as object))
        .map((key) => `originality.${key}`),
    );
  if (others.length === 0) return null;
  return (
    <Section title={w.others} lead={w.othersLead}>
      <ul class="tags">
        {others.map((name) => (
          <li key={name}>
            <code>{name}</code>
          </li>
        ))}
      </ul>
      <ProblemList of={others.flatMap((name) => problemsAt(name.split('.'), true))} />
      <Fold summary={words.common.details}>{() => <p>{w.othersDetails}</p>}</Fold>
    </Section>
  );
}
