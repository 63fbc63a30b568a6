// What waits for the viewer: sentences that lead to the form, those with the nearest date first; and the first steps of a programme.

import { Mark } from '../../page-kit/index.ts';
import { useConsole } from '../state/context.ts';
import { addressOf } from '../state/place.ts';
import type { Overview } from '../types.ts';
import { Fold, State, Time } from './elements.tsx';

/** The most that are shown at once; the rest is folded. */
const MAX_SHOWN = 8;

type Due = Overview['due'][number];

export function DueList({ programme, due }: { programme: string; due: readonly Due[] }) {
  const { words, format } = useConsole();
  const w = words.due;
  if (due.length === 0) return <p class="soft">{w.nothing}</p>;
  const list = (items: readonly Due[]) => (
    <ul class="due">
      {items.map((item) => (
        <li key={item.text.en} class={item.late ? 'late' : ''}>
          <a href={addressOf(programme, item.at)}>{format.title(item.text)}</a>
          <Until until={item.until} late={item.late} />
        </li>
      ))}
    </ul>
  );
  const rest = due.slice(MAX_SHOWN);
  return (
    <>
      {list(due.slice(0, MAX_SHOWN))}
      {rest.length > 0 && <Fold summary={words.overview.dueMore(format.count(rest.length))}>{() => list(rest)}</Fold>}
    </>
  );
}

function Until({ until, late }: Pick<Due, 'until' | 'late'>) {
  const { words } = useConsole();
  if (until === null) return null;
  return (
    <span class="until">
      {late && <State of="incomplete" text={words.due.late} />} {words.due.until} <Time of={until} />
    </span>
  );
}

export function FirstSteps({ programme, steps }: { programme: string; steps: Overview['firstSteps'] }) {
  const { words, format } = useConsole();
  const next = steps.find(({ done }) => !done);
  return (
    <ol class="first-steps">
      {steps.map((step) => (
        <li key={step.text.en} class={step === next ? 'next' : ''}>
          <Mark sign={step.done ? '✓' : '–'} />
          {step.done ? (
            <span>
              {format.title(step.text)} <span class="soft">({words.due.done})</span>
            </span>
          ) : (
            <a href={addressOf(programme, step.at)}>{format.title(step.text)}</a>
          )}
        </li>
      ))}
    </ol>
  );
}
