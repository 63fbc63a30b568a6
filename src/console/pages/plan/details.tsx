// Beneath the answer: memory by part, what limits the run, and what was measured behind it. One column for each kind of chip.

import { Row, right, Table } from '../../parts/elements.tsx';
import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { gainOf } from '../../state/planned-run.ts';
import { Unchecked } from './answer.tsx';
import { gigabytes, type Planned } from './shared.ts';

const PARTS = ['weights', 'gradients', 'optimizer', 'activations', 'logits', 'total'] as const;

export function MemoryParts({ planned }: { planned: readonly Planned[] }) {
  const { words, format } = useConsole();
  const w = words.plan;
  return (
    <Section title={w.parts} lead={w.partsLead}>
      <Table caption={w.parts} head={[w.partHead, ...planned.map(({ name }) => right(name))]}>
        {PARTS.map((part) => (
          <Row
            key={part}
            cells={[
              w.partNames[part],
              ...planned.map(({ page }) => right(gigabytes(page.front[0]!.memory[part], format))),
            ]}
          />
        ))}
        <Row cells={[w.room, ...planned.map(({ page }) => right(gigabytes(page.chip.room, format)))]} />
      </Table>
      <p class="soft">
        <Unchecked />: {w.never[0]}
      </p>
    </Section>
  );
}

const FIGURES = ['compute', 'bandwidth', 'memory', 'link', 'network'] as const;

export function LimitedBy({ planned }: { planned: readonly Planned[] }) {
  const { words, format } = useConsole();
  const w = words.plan;
  return (
    <Section title={w.limits} lead={w.limitsLead}>
      <Table caption={w.limits} head={[w.figure, ...planned.map(({ name }) => right(name))]}>
        {FIGURES.map((figure) => (
          <Row
            key={figure}
            cells={[
              w.figures[figure],
              ...planned.map(({ page }) => right(format.percent(gainOf(page.limits![figure]), 1))),
            ]}
          />
        ))}
      </Table>
    </Section>
  );
}

const MEASURED = ['chip', 'model', 'both'] as const;

export function Behind({ planned }: { planned: readonly Planned[] }) {
  const { words, format } = useConsole();
  const w = words.plan;
  return (
    <Section title={w.behind} lead={w.behindLead}>
      <Table caption={w.behind} head={[w.where, ...MEASURED.map((of) => right(w.measuredHead[of])), w.unverified]}>
        {planned.map(({ name, page: { measured, chip } }, i) => (
          <Row
            key={i}
            cells={[
              { of: name, note: measured.chip === 0 && <span class="warn-text">{w.notMeasured}</span> },
              ...MEASURED.map((of) => right(format.count(measured[of]))),
              chip.unverified.length > 0 ? format.list(chip.unverified.map((one) => w.chipFigures[one])) : w.none,
            ]}
          />
        ))}
      </Table>
      <ul class="plainly">
        {w.never.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </Section>
  );
}
