// Baselines of a rule book, and the limits of a submission on the office's machine.

import { Citations } from '../../parts/citations.tsx';
import { Row, right, Table } from '../../parts/elements.tsx';
import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import type { RuleBook } from '../../types.ts';

export function Target({ book: { target } }: { book: RuleBook }) {
  const { words, format } = useConsole();
  const w = words.book;
  if (!target) return null;
  return (
    <Section title={w.target}>
      <p>{w.targetText(format.percent(target.share), format.count(target.months))}</p>
      {target.references.length > 0 && (
        <Table caption={w.references} shown head={[w.model, w.released]}>
          {target.references.map((reference) => (
            <Row
              key={reference.model}
              cells={[
                <>
                  {reference.model}
                  <Citations of={[reference.source]} />
                </>,
                format.day(reference.released),
              ]}
            />
          ))}
        </Table>
      )}
    </Section>
  );
}

export function Limits({ book: { limits } }: { book: RuleBook }) {
  const { words, format } = useConsole();
  const w = words.book;
  if (!limits) return null;
  const shown = (name: keyof typeof limits): string =>
    name === 'bundleBytes'
      ? format.bytes(limits[name])
      : name.endsWith('Seconds')
        ? format.duration(limits[name])
        : format.short(limits[name]);
  return (
    <Section title={w.limits}>
      <Table caption={w.limits} head={[w.limit, right(words.common.value)]}>
        {(Object.keys(w.limitNames) as (keyof typeof limits)[]).map((name) => (
          <Row key={name} cells={[w.limitNames[name], right(shown(name))]} />
        ))}
      </Table>
    </Section>
  );
}
