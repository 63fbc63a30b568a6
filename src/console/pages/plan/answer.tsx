// The answer: for each kind of chip the fastest plan, whether it ends in time, and what limits it; or why there is none.

import { Row, right, State, Table } from '../../parts/elements.tsx';
import { Busy, FailureNotice } from '../../parts/loaded.tsx';
import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { costOf, doneMeanwhile, endsWithin, energyOf, type Interval, limitsIn } from '../../state/planned-run.ts';
import {
  type Asked,
  type Choosing,
  daysText,
  gigabytes,
  type Planned,
  plannedAmong,
  rangeText,
  runWith,
} from './shared.ts';

export function Answer({
  all,
  isWaiting,
  choice,
  choose,
}: Choosing & {
  all: readonly Asked[];
  /** Whether some of it is the answer to an earlier question. */
  isWaiting: boolean;
}) {
  const { words, format } = useConsole();
  const w = words.plan;
  const planned = plannedAmong(all);
  const model = all.find(({ page }) => page)?.page?.model;
  const months = w.monthsText(format.short(choice.months));
  const parameters = model && format.short(model.parameters);
  const active = model && format.short(model.activeParameters);
  return (
    <Section title={w.answer} lead={w.answerLead} aside={isWaiting && <Busy />}>
      {model && parameters && active && (
        <p>
          {parameters === active
            ? w.shown(model.name ?? 'config.json', parameters)
            : w.shownOf(model.name ?? 'config.json', parameters, active)}
        </p>
      )}
      {planned.length > 0 && (
        <>
          <Table
            caption={w.answer}
            head={[
              w.where,
              right(w.days),
              w.ends(months),
              right(w.memory),
              w.limitedBy,
              right(w.energy),
              right(w.cost),
            ]}
          >
            {planned.map((one, i) => (
              <PlannedRow key={i} of={one} first={planned[0]!} choice={choice} />
            ))}
          </Table>
          <p class="soft">{w.inTimeHint}</p>
          <p class="soft">{w.uncheckedHint}</p>
        </>
      )}
      {all.map((one, i) => (
        <Nothing key={i} of={one} choose={choose} />
      ))}
    </Section>
  );
}

/** Of a figure that no measured row stands behind. */
export function Unchecked() {
  const { words } = useConsole();
  return <span class="warn-text">{words.plan.unchecked}</span>;
}

/** Nothing is sure where no step was measured on the chip. */
function endsOf({ page }: Planned, run: Interval, months: number) {
  const ends = endsWithin(run, months);
  return ends === 'in-time' && page.measured.chip === 0 ? 'perhaps-in-time' : ends;
}

/** The answer in a sentence for each, for whoever hears the page. */
export function Said({ planned, choice }: { planned: readonly Planned[] } & Pick<Choosing, 'choice'>) {
  const { words, format } = useConsole();
  const w = words.plan;
  return (
    <p class="hidden" role="status">
      {planned
        .map((one) => {
          const run = runWith(one.page.front[0]!, one.page, choice);
          return w.said(one.name, daysText(run, format), w.inTime[endsOf(one, run, choice.months)]);
        })
        .join(' ')}
    </p>
  );
}

/** `first`: what it is compared with. */
function PlannedRow({ of, first, choice }: { of: Planned; first: Planned } & Pick<Choosing, 'choice'>) {
  const { words, format } = useConsole();
  const w = words.plan;
  const { name, page, place } = of;
  const best = page.front[0]!;
  const run = runWith(best, page, choice);
  const ends = endsOf(of, run, choice.months);
  const limits = page.limits ? limitsIn(page.limits) : [];
  const unchecked = <Unchecked />;
  const share = doneMeanwhile(runWith(first.page.front[0]!, first.page, choice), run);
  const untimed = page.measured.chip === 0 && unchecked;
  const meanwhile = of !== first && w.meanwhile(format.shares(share), first.name);
  return (
    <Row
      cells={[
        { of: name, note: words.plan.precisions[page.precision] },
        {
          class: 'right',
          of: daysText(run, format),
          note: meanwhile ? (
            <>
              {meanwhile} {untimed}
            </>
          ) : (
            untimed
          ),
        },
        { of: <State of={ends} text={w.inTime[ends]} />, note: untimed },
        {
          class: 'right',
          of: w.memoryOf(gigabytes(best.memory.total, format), gigabytes(page.chip.memory, format)),
          note: unchecked,
        },
        limits.length > 0 ? w.figures[limits[0]!] : w.nothingAlone,
        { class: 'right', of: rangeText(energyOf(run, page.devices, page.chip.power), format), note: unchecked },
        place.price === null
          ? right('–')
          : { class: 'right', of: rangeText(costOf(run, page.devices, place.price), format), note: unchecked },
      ]}
    />
  );
}

/** Why there is no plan. */
function Nothing({ of: { name, page, failure, again }, choose }: { of: Asked } & Pick<Choosing, 'choose'>) {
  const { words, format } = useConsole();
  const w = words.plan;
  if (failure)
    return (
      <div>
        <p>{w.failed(name)}</p>
        <FailureNotice failure={failure} again={again} />
      </div>
    );
  const lacking = page?.lacking;
  if (!page || !lacking) return null;
  return (
    <div class="notice warn">
      <div>
        <p>
          <strong>{name}</strong>
        </p>
        <p>
          {lacking.what === 'memory'
            ? w.lacksMemory(gigabytes(lacking.least, format), gigabytes(page.chip.room, format))
            : w.lacksDivision(format.count(page.sequences), format.count(page.devices))}
        </p>
      </div>
      {lacking.what === 'sequences' && (
        <button type="button" onClick={() => choose({ sequences: lacking.nearest })}>
          {w.takeSequences(format.count(lacking.nearest))}
        </button>
      )}
    </div>
  );
}
