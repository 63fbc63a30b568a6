// The answer of a what-if, beside the picture: how many stop, which consortia stand still, how the home share changes.

import { useEffect, useRef } from 'preact/hooks';
import { State } from '../../parts/elements.tsx';
import { useConsole } from '../../state/context.ts';
import { namesIn } from '../../state/names.ts';
import type { Fate, WhatIfPage } from '../../types.ts';
import { ANSWER, type Asked, type Consortia } from './shared.ts';

/** The most consortia listed. */
const MAX_CONSORTIA = 20;
/** The part of the window in which the answer has to begin. */
const IN_VIEW = 0.66;

export function Answer({
  of,
  busy,
  asked,
  supplierName,
  consortia,
}: {
  of: WhatIfPage;
  busy: boolean;
  /** How somebody asked who waits for it: then it is brought into view, once. */
  asked: { current: Asked | undefined };
  supplierName(id: string): string;
  consortia: Consortia;
}) {
  const { words, format } = useConsole();
  const w = words.whatIf;
  const shown = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (busy || asked.current === undefined) return;
    bringIntoView(shown.current!, asked.current);
    asked.current = undefined;
  }, [of, busy, asked]);
  // Names from the answer: the choice may have changed since.
  const { suppliers, countries } = of.without;
  const without = [...suppliers.map(supplierName), ...countries.map((code) => format.country(code))];
  return (
    <div ref={shown} role="status" class="answer" id={ANSWER} tabIndex={-1} aria-busy={busy}>
      {without.length === 0 ? (
        <p>{w.nobody}</p>
      ) : (
        <>
          <p>
            <strong>{w.without(format.list(without))}</strong>
          </p>
          <Counts of={of} />
          <ConsortiaThen of={of} consortia={consortia} />
          <HomeThen of={of} />
        </>
      )}
    </div>
  );
}

/** Without motion, and only if it is not in view: then the focus goes along. */
function bringIntoView(answer: HTMLElement, asked: Asked): void {
  // Beside the picture it is seen from there, and the focus stays on what was pressed.
  if (asked === 'press' && getComputedStyle(answer).position === 'sticky') return;
  const { top } = answer.getBoundingClientRect();
  if (top >= 0 && top < IN_VIEW * window.innerHeight) return;
  answer.focus({ preventScroll: true });
  answer.scrollIntoView({ block: 'start', behavior: 'instant' });
}

function Counts({ of }: { of: WhatIfPage }) {
  const { words, format } = useConsole();
  const w = words.whatIf;
  const kinds = new Map(of.about.map(({ id, kind }) => [id, kind]));
  const withFate = (fates: { fate: Fate }[], which: Fate) => fates.filter(({ fate }) => fate === which).length;
  /** Those that stop, up to those that may stop because something is unknown. */
  const stopped = (fates: { fate: Fate }[]) => {
    const least = withFate(fates, 'stops');
    return format.counts(least, least + withFate(fates, 'goes-on-as-far-as-known'));
  };
  const trainings = of.uses.filter(({ use }) => kinds.get(use) === 'training');
  const servings = of.uses.filter(({ use }) => kinds.get(use) === 'serving');
  const unsure = withFate([...of.uses, ...of.sites], 'goes-on-as-far-as-known');
  return (
    <ul class="plainly">
      {trainings.length > 0 && <li>{w.training(stopped(trainings), format.count(trainings.length))}</li>}
      {servings.length > 0 && <li>{w.serving(stopped(servings), format.count(servings.length))}</li>}
      {of.sites.length > 0 && <li>{w.sites(stopped(of.sites), format.count(of.sites.length))}</li>}
      {of.programme && <li>{w.programme(format.shares(of.programme.now), format.shares(of.programme.could))}</li>}
      {unsure > 0 && <li>{w.unsure(format.count(unsure))}</li>}
    </ul>
  );
}

function ConsortiaThen({ of, consortia }: { of: WhatIfPage; consortia: Consortia }) {
  const { words, format } = useConsole();
  const w = words.whatIf;
  const nameOf = namesIn(consortia, format);
  const fates = new Map(of.picture.consortia.map(({ consortium, fate }) => [consortium, fate]));
  const fateOf = (id: string) => fates.get(id) ?? 'goes-on-as-far-as-known';
  const sorted = of.consortia.toSorted((a, b) => a.remaining.now.high - b.remaining.now.high);
  if (sorted.length === 0) return null;
  return (
    <>
      <h3>{w.consortia}</h3>
      <ul class="consortia-then">
        {sorted.slice(0, MAX_CONSORTIA).map(({ consortium, remaining }) => (
          <li key={consortium}>
            <span>
              <bdi>{nameOf(consortium)}</bdi>
            </span>
            <State of={fateOf(consortium)} text={words.flow.fates[fateOf(consortium)]} />
            <small>{w.remains(format.shares(remaining.now), format.shares(remaining.could))}</small>
          </li>
        ))}
        {sorted.length > MAX_CONSORTIA && <li>{words.valueChain.more(format.count(sorted.length - MAX_CONSORTIA))}</li>}
      </ul>
    </>
  );
}

function HomeThen({ of }: { of: WhatIfPage }) {
  const { words, format } = useConsole();
  const { flow } = words;
  const changed = of.picture.home.filter(
    ({ before, after }) => after === null || after.low !== before.low || after.high !== before.high,
  );
  return (
    <>
      <h3>{flow.homeTitle}</h3>
      {changed.length === 0 ? (
        <p>{flow.homeSame}</p>
      ) : (
        <ul class="plainly">
          {changed.map(({ layer, before, after }) => (
            <li key={layer}>
              {after === null
                ? flow.homeNothing(words.layers[layer], format.shares(before))
                : flow.homeChange(words.layers[layer], format.shares(before), format.shares(after))}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
