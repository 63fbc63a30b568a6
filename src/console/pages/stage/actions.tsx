// The actions that the viewer may do in this stage, one card each.

import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { useObservable } from '../../state/observable.ts';
import { actIn } from '../../state/place.ts';
import { search } from '../../state/router.ts';
import type { StagePage } from '../../types.ts';
import type { Words } from '../../words/words.ts';
import { CloseStage, Decide, Finish } from './close.tsx';
import { ExpertForm } from './expert-form.tsx';
import { FindingForm } from './finding-form.tsx';
import { Judging } from './judging.tsx';
import type { StageProps } from './props.ts';
import { ScoreForm } from './score-form.tsx';
import { Submit } from './submit.tsx';

/** The actions in their order, with their titles and forms. Appeals have their own section of the page. */
const ACTIONS: [
  action: StagePage['mayDo'][number],
  title: (words: Words) => string,
  Form: ComponentType<StageProps>,
][] = [
  ['submit', (words) => words.submit.title, Submit],
  ['form', (words) => words.form.title, ExpertForm],
  ['judge', (words) => words.judge.title, Judging],
  ['score', (words) => words.score.title, ScoreForm],
  ['finding', (words) => words.finding.title, FindingForm],
  ['close', (words) => words.close.close, CloseStage],
  ['decide', (words) => words.close.decideTitle, Decide],
  ['finish', (words) => words.close.finishTitle, Finish],
];

export function StageActions(props: StageProps) {
  const { words } = useConsole();
  const { mayDo, parts } = props.stage;
  const asked = actIn(useObservable(search));
  const [chosen, choose] = useState<string>();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (asked === null) return;
    choose(asked);
    place.current?.scrollIntoView();
  }, [asked]);
  const isPossible = (action: string) => action !== 'score' || parts.some(({ kind }) => kind === 'entered');
  const actions = ACTIONS.filter(([action]) => mayDo.includes(action) && isPossible(action));
  const shown = actions.some(([action]) => action === chosen) ? chosen : actions[0]?.[0];
  if (shown === undefined) return null;
  return (
    <div ref={place} class="target">
      <Section title={words.stage.toDo}>
        {actions.length > 1 && (
          <fieldset class="choice" aria-label={words.stage.toDo}>
            {actions.map(([action, title]) => (
              <button key={action} type="button" aria-pressed={action === shown} onClick={() => choose(action)}>
                {title(words)}
              </button>
            ))}
          </fieldset>
        )}
        {/* All stay, so that changing between them loses nothing that was typed. */}
        {actions.map(([action, title, Form]) => (
          <div key={action} hidden={action !== shown}>
            <h3 class={actions.length > 1 ? 'hidden' : ''}>{title(words)}</h3>
            <Form {...props} />
          </div>
        ))}
      </Section>
    </div>
  );
}
