// Blind comparison: the same text to two models, their answers without names, one choice.

import { useState } from 'preact/hooks';
import { Form, TextArea } from '../../parts/form.tsx';
import { Failed } from '../../parts/loaded.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import type { Question } from '../../types.ts';
import type { StageProps } from './props.ts';

type Answer = 'first' | 'second' | 'tie';

export function Judging({ programme, path, stage, nameOf, again }: StageProps) {
  const { words, format } = useConsole();
  const w = words.judge;
  const [prompt, setPrompt] = useState(words.playground.example);
  const [question, setQuestion] = useState<Question>();
  const [names, setNames] = useState<{ first: string | null; second: string | null }>();
  const ask = useAction(async () => {
    setQuestion(undefined);
    setNames(undefined);
    setQuestion(await post<Question>(`${path}/questions`, stage.questions === null ? { prompt } : {}));
  });
  const answer = useAction(async (choice: Answer) => {
    const asked = `/programmes/${encodeURIComponent(programme)}/questions/${encodeURIComponent(question!.id)}`;
    setNames(await post(asked, { answer: choice }));
    again();
  });
  return (
    <div class="stacked">
      <p class="lead">{stage.questions === null ? w.lead : w.leadSet(format.count(stage.questions))}</p>
      <Form action={ask} label={question ? w.next : w.ask}>
        {stage.questions === null && <TextArea label={w.prompt} value={prompt} onValue={setPrompt} rows={2} />}
      </Form>
      <div aria-live="polite" class="stacked">
        {ask.busy && <p class="busy">{w.asking}</p>}
        {question && (
          <div class="answers">
            {(['first', 'second'] as const).map((side) => (
              <div key={side}>
                <h3>{w[side]}</h3>
                <p class="written">
                  <span class="given soft">{question.prompt}</span>
                  {question[side]}
                </p>
              </div>
            ))}
          </div>
        )}
        {names && (
          <div class="notice good">
            <p>
              {w.counted} {names.first && names.second && w.was(nameOf(names.first), nameOf(names.second))}
            </p>
          </div>
        )}
      </div>
      {question && !names && (
        <>
          <Failed of={answer.failure} />
          <div class="buttons">
            {(
              [
                ['first', w.aBetter],
                ['tie', w.tie],
                ['second', w.bBetter],
              ] as const
            ).map(([choice, text]) => (
              <button key={choice} type="button" aria-disabled={answer.busy} onClick={() => answer.run(choice)}>
                {text}
              </button>
            ))}
          </div>
        </>
      )}
    </div>
  );
}
