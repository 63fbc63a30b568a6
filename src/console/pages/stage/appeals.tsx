// Appeals against a decision, and their answers.

import { DialogButton } from '../../parts/dialog.tsx';
import { State } from '../../parts/elements.tsx';
import { Choice, Form, TextArea } from '../../parts/form.tsx';
import { Empty, Section } from '../../parts/page.tsx';
import { Written } from '../../parts/written.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import { useKeptFields } from '../../state/kept-fields.ts';
import { useIsRecord } from '../../state/record.ts';
import type { StageProps } from './props.ts';

export function Appeals({ stage, path, nameOf, again }: StageProps) {
  const { words, me } = useConsole();
  const w = words.stage;
  const mayAnswer = me.viewer.role === 'office';
  const isRecord = useIsRecord();
  return (
    <Section title={w.appeals} anchor="appeals">
      {stage.appeals.length === 0 ? (
        <Empty text={isRecord ? w.noneRecorded : w.noAppeals} />
      ) : (
        <ul class="rules">
          {stage.appeals.map((appeal) => (
            <li key={appeal.id}>
              <div class="line">
                <span>{nameOf(appeal.consortium)}</span>
                {appeal.outcome === null ? (
                  <span class="soft">{w.appealOpen}</span>
                ) : (
                  <State of={appeal.outcome} text={w[appeal.outcome]} />
                )}
              </div>
              <p>
                <Written text={appeal.text} />
              </p>
              {appeal.answer !== null && (
                <p class="soft">
                  <Written text={appeal.answer} />
                </p>
              )}
              {appeal.outcome === null && mayAnswer && (
                <DialogButton label={words.appeal.answerTitle} act="answer" onDone={again}>
                  {(done) => <Answer path={`${path}/appeals/${encodeURIComponent(appeal.id)}`} done={done} />}
                </DialogButton>
              )}
            </li>
          ))}
        </ul>
      )}
      {stage.mayDo.includes('appeal') && <File path={path} again={again} />}
    </Section>
  );
}

function File({ path, again }: { path: string; again: () => void }) {
  const { words } = useConsole();
  const w = words.appeal;
  const { values, field, reset } = useKeptFields(`${path}/appeals`, { text: '' });
  const action = useAction(async () => {
    await post(`${path}/appeals`, values);
    reset();
    again();
  });
  return (
    <>
      <h3>{w.title}</h3>
      <p class="lead">{w.lead}</p>
      <Form action={action} label={w.file}>
        {/* A new field after success: an emptied one would count as invalid. */}
        <TextArea key={String(action.done)} label={w.text} {...field('text')} />
      </Form>
      <div role="status">{action.done && <p class="notice good">{w.filed}</p>}</div>
    </>
  );
}

function Answer({ path, done }: { path: string; done: () => void }) {
  const { words } = useConsole();
  const w = words.appeal;
  const { values, field, forget } = useKeptFields(path, { outcome: 'rejected' as 'rejected' | 'upheld', answer: '' });
  const action = useAction(async () => {
    await post(path, values);
    forget();
    done();
  });
  return (
    <Form action={action} label={w.send}>
      <Choice
        label={words.stage.outcome}
        {...field('outcome')}
        options={(['rejected', 'upheld'] as const).map((value) => ({ value, text: words.stage[value] }))}
      />
      <TextArea label={w.answer} {...field('answer')} />
    </Form>
  );
}
