// The front of each kind of chip: a picture of days against memory with the interval of each plan, and tables that say the same.

import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Fold, Row, right, Table } from '../../parts/elements.tsx';
import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { DAY, MONTH_DAYS } from '../../state/planned-run.ts';
import type { Words } from '../../words/words.ts';
import { Unchecked } from './answer.tsx';
import { type Choosing, daysText, gigabytes, layoutText, type Planned, runWith } from './shared.ts';

export function Front({ planned, choice }: { planned: readonly Planned[] } & Pick<Choosing, 'choice'>) {
  const { words } = useConsole();
  const w = words.plan;
  return (
    <Section title={w.front} lead={w.frontLead}>
      <Picture planned={planned} choice={choice} />
      {planned.map((one, i) => (
        <Fold key={i} summary={w.layouts(one.name)}>
          {() => <Layouts of={one} choice={choice} />}
        </Fold>
      ))}
      <p class="soft">
        {w.memory}: <Unchecked />
      </p>
      <Key w={w} />
    </Section>
  );
}

function Layouts({ of: { name, page }, choice }: { of: Planned } & Pick<Choosing, 'choice'>) {
  const { words, format } = useConsole();
  const w = words.plan;
  return (
    <>
      <Table caption={w.layouts(name)} head={[w.layout, right(w.days), right(w.memory), right(w.speed), right(w.peak)]}>
        {page.front.map((plan) => (
          <Row
            key={layoutText(plan)}
            cells={[
              <code>{layoutText(plan)}</code>,
              right(daysText(runWith(plan, page, choice), format)),
              right(w.memoryOf(gigabytes(plan.memory.total, format), gigabytes(page.chip.memory, format))),
              right(format.count(Math.round(plan.tokensPerSecond))),
              right(format.percent(plan.utilisation)),
            ]}
          />
        ))}
      </Table>
      <p class="soft">{w.fitting(format.count(page.fitting))}</p>
    </>
  );
}

const LETTERS = {
  tensor: 't',
  pipeline: 'p×',
  context: 'c',
  expert: 'e',
  micro: 'm',
  zero: 'zero',
  recompute: 'recompute',
} as const;

function Key({ w }: { w: Words['plan'] }) {
  return (
    <ul class="plan-key soft">
      {(Object.keys(LETTERS) as (keyof typeof LETTERS)[]).map((name) => (
        <li key={name}>
          <code>{LETTERS[name]}</code> {w.layoutKey[name]}
        </li>
      ))}
    </ul>
  );
}

const HEIGHT = 300;
const LEFT = 44;
const RIGHT = 16;
const TOP = 12;
const BOTTOM = 44;

/** The marks of kinds of chips, about a point: they differ in form and in colour. */
const MARKS = ['M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0Z', 'M-5-5h10v10h-10Z', 'M0-6L6 5h-12Z', 'M0-7L6 0L0 7L-6 0Z'];

/** Of a logarithmic axis: round numbers in each power of ten. */
function ticksBetween(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++)
    for (const n of [1, 1.5, 2, 3, 5, 7]) ticks.push(n * 10 ** power);
  return ticks.filter((tick) => tick >= low && tick <= high);
}

/** The room that an element has, as it changes. */
function useWidth(usual: number) {
  const place = useRef<HTMLDivElement>(null);
  const [width, set] = useState(usual);
  useEffect(() => {
    const element = place.current!;
    const observer = new ResizeObserver(() => set(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { place, width };
}

function Picture({ planned, choice }: { planned: readonly Planned[] } & Pick<Choosing, 'choice'>) {
  const { words, format } = useConsole();
  const w = words.plan;
  const id = useId();
  const { place, width } = useWidth(720);
  const points = planned.flatMap(({ page, name }, kind) =>
    page.front.map((plan) => {
      const run = runWith(plan, page, choice);
      return { kind, name, run, low: run.low / DAY, high: run.high / DAY, memory: plan.memory.total / 1e9 };
    }),
  );
  const limit = choice.months * MONTH_DAYS;
  const low = Math.min(limit, ...points.map((point) => point.low)) / 1.1;
  const high = Math.max(limit, ...points.map((point) => point.high)) * 1.1;
  const most = Math.max(...planned.map(({ page }) => page.chip.room)) / 1e9;
  const across = (days: number) => LEFT + ((width - LEFT - RIGHT) * Math.log(days / low)) / Math.log(high / low);
  const down = (memory: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - memory / most);
  const ticks = ticksBetween(low, high);
  // A label needs some room.
  const every = Math.max(1, Math.ceil((ticks.length * 44) / (width - LEFT - RIGHT)));
  const levels = [0, 0.25, 0.5, 0.75, 1].map((share) => share * most);
  return (
    <div class="plan-front" ref={place}>
      <ul class="plan-key">
        {planned.map(({ name }, kind) => (
          <li key={kind}>
            <svg class={`plan-mark dye-${kind + 1}`} viewBox="-8 -8 16 16" aria-hidden="true">
              <path d={MARKS[kind]} />
            </svg>
            {name}
          </li>
        ))}
      </ul>
      <p class="soft axis-name">{w.memoryAxis}</p>
      <svg width={width} height={HEIGHT} role="img" aria-labelledby={`${id}-title`} aria-describedby={`${id}-more`}>
        <title id={`${id}-title`}>{w.picture(format.list(planned.map(({ name }) => name)))}</title>
        <desc id={`${id}-more`}>{w.pictureHint}</desc>
        {levels.map((level) => (
          <g key={level}>
            <line class="grid-line" x1={LEFT} x2={width - RIGHT} y1={down(level)} y2={down(level)} />
            <text x={LEFT - 6} y={down(level) + 4} text-anchor="end">
              {format.count(Math.round(level))}
            </text>
          </g>
        ))}
        {ticks.map((tick, i) => (
          <g key={tick}>
            <line class="grid-line" x1={across(tick)} x2={across(tick)} y1={TOP} y2={HEIGHT - BOTTOM} />
            {i % every === 0 && (
              <text x={across(tick)} y={HEIGHT - BOTTOM + 16} text-anchor="middle">
                {format.short(tick)}
              </text>
            )}
          </g>
        ))}
        <line class="limit-line" x1={across(limit)} x2={across(limit)} y1={TOP} y2={HEIGHT - BOTTOM} />
        <text
          class="limit-text"
          x={across(limit) + (across(limit) > width / 2 ? -5 : 5)}
          y={TOP + 12}
          text-anchor={across(limit) > width / 2 ? 'end' : 'start'}
        >
          {w.monthsText(format.short(choice.months))}
        </text>
        {points.map(({ kind, name, run, memory, ...days }, i) => (
          <g key={i} class={`dye-${kind + 1}`}>
            <title>{`${name}: ${daysText(run, format)} / ${format.count(Math.round(memory))} GB`}</title>
            <line class="interval" x1={across(days.low)} x2={across(days.high)} y1={down(memory)} y2={down(memory)} />
            <path
              class="mark-of-plan"
              d={MARKS[kind]}
              transform={`translate(${across(Math.sqrt(days.low * days.high))} ${down(memory)})`}
            />
          </g>
        ))}
        <text x={(LEFT + width - RIGHT) / 2} y={HEIGHT - 6} text-anchor="middle">
          {w.daysAxis}
        </text>
      </svg>
    </div>
  );
}
