// The selection of applications in a rule book: what reviewers mark in each step, and how many points pass.

import { Row, right, Table } from '../../parts/elements.tsx';
import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { pointsText } from '../../state/points.ts';
import type { RuleBook } from '../../types.ts';

export function Selection({ book: { selection } }: { book: RuleBook }) {
  const { words, format } = useConsole();
  const w = words.selection;
  if (!selection) return null;
  return (
    <Section title={w.title} lead={w.lead}>
      {(['paper', 'presentation'] as const).map((step) => {
        const rules = selection[step];
        const name = words.call.steps[step];
        if (!rules)
          return (
            <p key={step} class="soft">
              {w.without(name)}
            </p>
          );
        return (
          <div key={step} class="stacked">
            <Table caption={name} shown head={[w.criterion, right(words.book.points)]}>
              {rules.criteria.map((one) => (
                <Row key={one.id} cells={[format.title(one.title), right(pointsText(format, one.points))]} />
              ))}
            </Table>
            <p class="soft">{w.passes(pointsText(format, rules.minimum), format.count(rules.reviewers))}</p>
          </div>
        );
      })}
    </Section>
  );
}
