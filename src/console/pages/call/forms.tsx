// Forms of a call: to open and to close it, and to receive an application with its files.

import { useRef, useState } from 'preact/hooks';
import { DialogButton } from '../../parts/dialog.tsx';
import { Choice, Form, TextArea, TextField } from '../../parts/form.tsx';
import { Failed } from '../../parts/loaded.tsx';
import { NewNameFields, titleOf, useNewName } from '../../parts/name-fields.tsx';
import { SentFiles, useFiles } from '../../parts/sent-files.tsx';
import { TeamFields, useTeam } from '../../parts/team-fields.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction, useData, useStoppableAction } from '../../state/data.ts';
import { useKeptFields } from '../../state/kept-fields.ts';
import { navigate, pathOf } from '../../state/router.ts';
import type { CallPage, Calls, RuleBookRow } from '../../types.ts';

interface Opening {
  programme: string;
  base: string;
  calls: Calls;
  onDone: () => void;
}

export const OpenCall = ({ onDone, ...opening }: Opening) => (
  <DialogButton label={useConsole().words.call.open} primary={opening.calls.length === 0} onDone={onDone}>
    {(done) => <OpenForm {...opening} done={done} />}
  </DialogButton>
);

function OpenForm({ programme, base, calls, done }: Omit<Opening, 'onDone'> & { done: () => void }) {
  const { words, format } = useConsole();
  const w = words.call;
  const named = useNewName(`${base}/calls`, { taken: calls, or: 'call' });
  const { values, field, forget } = useKeptFields(`${base}/calls`, { text: '', until: '', ruleBook: '' });
  const books = useData<RuleBookRow[]>(`${base}/rule-books`);
  const action = useAction(async () => {
    const { text, until, ruleBook } = values;
    const { id } = named.values;
    await post(`${base}/calls`, {
      id,
      title: titleOf(named.values),
      ...(text.trim() === '' ? {} : { text }),
      ...(until === '' ? {} : { until: new Date(until).toISOString() }),
      ...(ruleBook === '' ? {} : { ruleBook }),
    });
    forget();
    named.forget();
    done();
    navigate(`${pathOf('call', { programme })}?${new URLSearchParams({ call: id })}`);
  });
  const selecting = books.value?.filter(({ selects }) => selects) ?? [];
  return (
    <Form action={action} label={w.open}>
      <Failed of={books.failure} again={books.again} />
      <NewNameFields field={named.field} title />
      <TextArea label={w.text} optional {...field('text')} maxLength={20_000} />
      <TextField
        label={w.until}
        hint={w.untilHint(Intl.DateTimeFormat().resolvedOptions().timeZone)}
        type="datetime-local"
        optional
        {...field('until')}
      />
      <Choice
        label={w.ruleBook}
        hint={w.ruleBookHint}
        {...field('ruleBook')}
        options={[
          { value: '', text: w.noRuleBook },
          ...selecting.toReversed().map(({ digest, title, name, version }) => ({
            value: digest,
            text: `${format.title(title)} (${name}, ${words.stage.version(format.count(version))})`,
          })),
        ]}
      />
    </Form>
  );
}

export const CloseCall = ({ base, call, onDone }: { base: string; call: CallPage; onDone: () => void }) => (
  <DialogButton label={useConsole().words.call.close} onDone={onDone}>
    {(done) => <CloseForm path={`${base}/calls/${encodeURIComponent(call.id)}/close`} done={done} />}
  </DialogButton>
);

function CloseForm({ path, done }: { path: string; done: () => void }) {
  const w = useConsole().words.call;
  const action = useAction(async () => {
    await post(path);
    done();
  });
  return (
    <Form action={action} label={w.close}>
      <p>{w.closeHint}</p>
    </Form>
  );
}

interface Receiving {
  programme: string;
  base: string;
  call: CallPage;
  onDone: () => void;
}

export const ReceiveApplication = ({ onDone, ...receiving }: Receiving) => (
  <DialogButton label={useConsole().words.call.receive} primary onDone={onDone}>
    {(done) => <ReceiveForm {...receiving} done={done} />}
  </DialogButton>
);

function ReceiveForm({ base, call, done }: Omit<Receiving, 'onDone'> & { done: () => void }) {
  const w = useConsole().words.call;
  const path = `${base}/calls/${encodeURIComponent(call.id)}/applications`;
  const named = useNewName(path, { taken: call.list, or: 'application' });
  const team = useTeam(base, path);
  const files = useFiles(base);
  /** The application that was received, if its files broke off: the next try goes on with them. */
  const received = useRef<string | undefined>(undefined);
  const [isReceived, setReceived] = useState(false);
  const action = useStoppableAction(async (signal) => {
    const { id } = named.values;
    if (received.current === undefined) {
      const application = { id, name: titleOf(named.values), ...team.value };
      await post(path, application);
      named.forget();
      team.forget();
      received.current = id;
      setReceived(true);
    }
    await files.send(received.current, signal);
    done();
  });
  return (
    <Form action={action} label={w.receive}>
      {!isReceived && (
        <>
          <NewNameFields field={named.field} />
          <TeamFields {...team} />
        </>
      )}
      <SentFiles files={files} action={action} />
    </Form>
  );
}
