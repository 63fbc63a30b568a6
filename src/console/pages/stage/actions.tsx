// The actions that the viewer may do in this stage, one card each.

import { useState } from 'preact/hooks';
import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import { CloseStage, Decide, Finish } from './close.tsx';
import { ExpertForm } from './expert-form.tsx';
import { FindingForm } from './finding-form.tsx';
import { Judging } from './judging.tsx';
import type { StageProps } from './props.ts';
import { ScoreForm } from './score-form.tsx';
import { Submit } from './submit.tsx';

const TABS = ['submit', 'form', 'judge', 'score', 'finding', 'close', 'decide', 'finish'] as const;
type Tab = (typeof TABS)[number];

export function StageActions(props: StageProps) {
  const { words } = useConsole();
  const { mayDo, parts } = props.stage;
  const titles: Record<Tab, string> = {
    submit: words.submit.title,
    form: words.form.title,
    judge: words.judge.title,
    score: words.score.title,
    finding: words.finding.title,
    close: words.close.closeTitle,
    decide: words.close.decideTitle,
    finish: words.close.finishTitle,
  };
  const [chosen, choose] = useState<Tab>();
  // Appeals have their own section below.
  const possible = (tab: Tab) => tab !== 'score' || parts.some(({ kind }) => kind === 'entered');
  const tabs = TABS.filter((tab) => mayDo.includes(tab) && possible(tab));
  const shown = chosen && tabs.includes(chosen) ? chosen : tabs[0];
  if (shown === undefined) return null;
  return (
    <Section title={words.stage.toDo}>
      {tabs.length > 1 && (
        <fieldset class="choice" aria-label={words.stage.toDo}>
          {tabs.map((tab) => (
            <button key={tab} type="button" aria-pressed={tab === shown} onClick={() => choose(tab)}>
              {titles[tab]}
            </button>
          ))}
        </fieldset>
      )}
      {/* All stay, so that changing between them loses nothing that was typed. */}
      {tabs.map((tab) => (
        <div key={tab} hidden={tab !== shown}>
          <h3 class={tabs.length > 1 ? 'hidden' : ''}>{titles[tab]}</h3>
          {tab === 'submit' && <Submit {...props} />}
          {tab === 'form' && <ExpertForm {...props} />}
          {tab === 'judge' && <Judging {...props} />}
          {tab === 'score' && <ScoreForm {...props} />}
          {tab === 'finding' && <FindingForm {...props} />}
          {tab === 'close' && <CloseStage {...props} />}
          {tab === 'decide' && <Decide {...props} />}
          {tab === 'finish' && <Finish {...props} />}
        </div>
      ))}
    </Section>
  );
}
