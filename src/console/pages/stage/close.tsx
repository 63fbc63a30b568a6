// The actions that end a stage: close, decide, finish. Each asks for confirmation; none can be undone.

import { useState } from 'preact/hooks';
import { DialogButton } from '../../parts/dialog.tsx';
import { Form } from '../../parts/form.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import type { StageProps } from './props.ts';

export function CloseStage({ stage, path, again }: StageProps) {
  const { words } = useConsole();
  const w = words.close;
  return (
    <div class="stacked">
      <p class="lead">{w.closeLead}</p>
      {stage.lacking.length === 0 ? (
        <p>{w.complete}</p>
      ) : (
        <>
          <p>
            <strong>{w.lacking}</strong>
          </p>
          <ul class="due" lang="en">
            {stage.lacking.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      )}
      <div>
        <DialogButton label={w.close} primary={stage.lacking.length === 0}>
          {(close) => <Confirm path={path} lacking={stage.lacking.length > 0} again={again} close={close} />}
        </DialogButton>
      </div>
    </div>
  );
}

function Confirm({
  path,
  lacking,
  again,
  close,
}: {
  path: string;
  lacking: boolean;
  again: () => void;
  close: () => void;
}) {
  const { words } = useConsole();
  const w = words.close;
  const [anyway, setAnyway] = useState(false);
  const action = useAction(async () => {
    await post(`${path}/close`, anyway ? { anyway } : {});
    again();
    close();
  });
  return (
    <Form onSubmit={action.run} busy={action.busy} failure={action.failure} label={w.close}>
      <p>{w.closeConfirm}</p>
      {lacking && (
        <label class="check">
          <input
            type="checkbox"
            required
            checked={anyway}
            onChange={(event) => setAnyway(event.currentTarget.checked)}
          />
          {w.anyway}
        </label>
      )}
    </Form>
  );
}

export function Decide({ path, again }: StageProps) {
  const { words } = useConsole();
  const w = words.close;
  const action = useAction(async () => {
    await post(`${path}/decide`);
    again();
  });
  return (
    <div class="stacked">
      <p class="lead">{w.decideLead}</p>
      <Form onSubmit={action.run} busy={action.busy} failure={action.failure} label={w.decide} />
    </div>
  );
}

export function Finish({ path, again }: StageProps) {
  const { words } = useConsole();
  const w = words.close;
  const action = useAction(async () => {
    await post(`${path}/finish`);
    again();
  });
  return (
    <div class="stacked">
      <p class="lead">{w.finishLead}</p>
      <div>
        <DialogButton label={w.finish}>
          {(close) => (
            <Form
              onSubmit={async () => {
                if (await action.run()) close();
              }}
              busy={action.busy}
              failure={action.failure}
              label={w.finish}
            >
              <p>{w.finishConfirm}</p>
            </Form>
          )}
        </DialogButton>
      </div>
    </div>
  );
}
