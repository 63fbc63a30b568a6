// What training a model would take on chips of the catalogue: a what-if over models, tokens, months and chips. The choices are in the address,
// but for the text of a config.json, which stays on the page.

import { useState } from 'preact/hooks';
import { Busy, Loaded } from '../parts/loaded.tsx';
import { Empty, Page } from '../parts/page.tsx';
import { useConsole } from '../state/context.ts';
import { useData } from '../state/data.ts';
import { useObservable } from '../state/observable.ts';
import { firstPlaces, OWN_CONFIG, planChoiceOf, planSearchOf } from '../state/plan-choice.ts';
import { navigate, pathOf, search } from '../state/router.ts';
import type { PlanChoices, PlanQuestion } from '../types.ts';
import { Answer, Said } from './plan/answer.tsx';
import { Behind, LimitedBy, MemoryParts } from './plan/details.tsx';
import { Front } from './plan/front.tsx';
import { Question } from './plan/question.tsx';
import { type Asked, type Choosing, plannedAmong } from './plan/shared.ts';
import { usePlans } from './plan/use-plans.ts';

export default function Plan({ programme }: Record<string, string>) {
  const { words } = useConsole();
  const base = `/programmes/${encodeURIComponent(programme)}/plans`;
  const choices = useData<PlanChoices>(`${base}/choices`);
  return (
    <Page
      over={<a href={pathOf('compute', { programme })}>{words.nav.compute}</a>}
      title={words.nav.plan}
      lead={words.plan.lead}
    >
      <Loaded data={choices}>
        {(found) =>
          found.chips.some(({ lacks }) => lacks.length === 0) ? (
            <WhatIf programme={programme} base={base} choices={found} />
          ) : (
            <Empty text={words.plan.noChips} />
          )
        }
      </Loaded>
    </Page>
  );
}

/** The model of the first view, where it comes with Jikji. */
const FIRST_MODEL = 'solar-open-100b';

function WhatIf({ programme, base, choices }: { programme: string; base: string; choices: PlanChoices }) {
  const { words, format } = useConsole();
  const w = words.plan;
  const [config, plan] = useState<string>();
  const given = planChoiceOf(useObservable(search));
  const first = choices.models.find(({ name }) => name === FIRST_MODEL) ?? choices.models[0];
  const choice = { ...given, model: given.model ?? first?.name ?? OWN_CONFIG };
  const choose: Choosing['choose'] = (next) =>
    navigate(`${pathOf('plan', { programme })}${planSearchOf({ ...given, ...next })}`, 'replace');
  const plannable = choices.chips.filter(({ lacks }) => lacks.length === 0).map(({ id }) => id);
  const places = choice.on.length > 0 ? choice.on : firstPlaces(plannable);
  const model = choice.model !== OWN_CONFIG ? { name: choice.model } : config === undefined ? null : { config };
  const { sequence, sequences, precision } = choice;
  const questions = places.map(
    ({ chip, count: devices }): PlanQuestion | null =>
      model && { model, chip, devices, sequence, sequences, ...(precision && { precision }) },
  );
  const answers = usePlans(base, questions);
  const titleOf = (id: string) => {
    const chip = choices.chips.find((one) => one.id === id);
    return chip ? format.title(chip.name) : id;
  };
  const all = answers.map(({ page, failure, again }, i): Asked => {
    const place = places[i]!;
    // What is shown names what it is about, also while the next answer is on its way.
    const name = page
      ? w.place(format.count(page.devices), format.title(page.chip.name))
      : w.place(format.count(place.count), titleOf(place.chip));
    return { place, name, page, failure, again };
  });
  const isWaiting = model !== null && answers.some(({ isCurrent }) => !isCurrent);
  const planned = plannedAmong(all);
  const hasAnswer = all.some(({ page, failure }) => page || failure);
  return (
    <div class="stack">
      <Question choices={choices} choice={choice} choose={choose} places={places} onConfig={plan} />
      <Said planned={planned} choice={choice} />
      {isWaiting && !hasAnswer && <Busy />}
      {hasAnswer && (
        <div class="stack" aria-busy={isWaiting}>
          <Answer all={all} isWaiting={isWaiting} choice={choice} choose={choose} />
          {planned.length > 0 && (
            <>
              <Front planned={planned} choice={choice} />
              <MemoryParts planned={planned} />
              <LimitedBy planned={planned} />
              <Behind planned={planned} />
            </>
          )}
        </div>
      )}
    </div>
  );
}
