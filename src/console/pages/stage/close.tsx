// The actions that end a stage: close, decide, finish. Each asks for confirmation; none can be undone.

import { useState } from 'preact/hooks';
import { DialogButton } from '../../parts/dialog.tsx';
import { Form } from '../../parts/form.tsx';
import { localText, MomentField, momentOf, proposedAppeals } from '../../parts/stage-dates.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import { useKeptFields } from '../../state/kept-fields.ts';
import type { StageProps } from './props.ts';

export function CloseStage({ stage, path, again }: StageProps) {
  const { words, format } = useConsole();
  const w = words.close;
  const complete = stage.lacking.length === 0;
  return (
    <div class="stacked">
      <p class="lead">{w.closeLead}</p>
      {complete ? (
        <p>{w.complete}</p>
      ) : (
        <>
          <p>
            <strong>{w.lacking}</strong>
          </p>
          <ul class="due">
            {stage.lacking.map((text) => (
              <li key={text.en}>{format.title(text)}</li>
            ))}
          </ul>
        </>
      )}
      <div>
        <DialogButton label={w.close} primary={complete} onDone={again}>
          {(done) => (
            <Confirm
              path={`${path}/close`}
              label={w.close}
              text={w.closeConfirm}
              anyway={complete ? undefined : w.anyway}
              done={done}
            />
          )}
        </DialogButton>
      </div>
    </div>
  );
}

/** `anyway`: the box to check before something incomplete is closed. */
function Confirm({
  path,
  label,
  text,
  anyway,
  done,
}: {
  path: string;
  label: string;
  text: string;
  anyway?: string | undefined;
  done: () => void;
}) {
  const [checked, check] = useState(false);
  const action = useAction(async () => {
    await post(path, checked ? { anyway: true } : {});
    done();
  });
  return (
    <Form action={action} label={label}>
      <p>{text}</p>
      {anyway && (
        <label class="check">
          <input type="checkbox" required checked={checked} onChange={(event) => check(event.currentTarget.checked)} />
          {anyway}
        </label>
      )}
    </Form>
  );
}

/** Proposes an end of appeals anew when another one is announced. */
export const Decide = (props: StageProps) => <DecideForm key={props.stage.dates.appealsUntil} {...props} />;

function DecideForm({ stage, path, again }: StageProps) {
  const { words } = useConsole();
  const w = words.close;
  const { dates } = stage;
  const { values, field, forget } = useKeptFields(`${path}/decide`, {
    until: localText(proposedAppeals(dates, Date.now())),
  });
  const action = useAction(async () => {
    await post(`${path}/decide`, { appealsUntil: momentOf(values.until, dates.appealsUntil) });
    forget();
    again();
  });
  return (
    <div class="stacked">
      <p class="lead">{w.decideLead}</p>
      <Form action={action} label={w.decide}>
        <MomentField label={words.dates.appealsUntil} {...field('until')} />
        <p class="hint">{w.appealsProposed}</p>
      </Form>
    </div>
  );
}

export function Finish({ path, again }: StageProps) {
  const { words } = useConsole();
  const w = words.close;
  return (
    <div class="stacked">
      <p class="lead">{w.finishLead}</p>
      <div>
        <DialogButton label={w.finish} onDone={again}>
          {(done) => <Confirm path={`${path}/finish`} label={w.finish} text={w.finishConfirm} done={done} />}
        </DialogButton>
      </div>
    </div>
  );
}
