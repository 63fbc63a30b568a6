// An encrypted backup of the running server, and those that were taken. For the office.

import { useEffect, useState } from 'preact/hooks';
import { Command, Digest, Row, right, State, Table, Time } from '../parts/elements.tsx';
import { Form, TextField } from '../parts/form.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction, useData, useFields } from '../state/data.ts';
import { pathOf } from '../state/router.ts';
import type { Backup } from '../types.ts';

/** Milliseconds between two looks at a download that runs. */
const LOOK_MS = 1500;

export default function BackupPage({ programme }: Record<string, string>) {
  const { words } = useConsole();
  const w = words.backup;
  const base = `/programmes/${encodeURIComponent(programme)}/backups`;
  const data = useData<Backup[]>(base);
  const isMoving = data.value?.some(({ state }) => state === 'running' || state === 'waiting') ?? false;
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(data.again, LOOK_MS);
    return () => clearInterval(timer);
  }, [isMoving, data.again]);
  return (
    <Page title={w.title} over={<a href={pathOf('log', { programme })}>{words.nav.log}</a>} lead={w.lead}>
      <div class="grid">
        {data.value && (
          <Section title={w.take} lead={w.takeLead}>
            <Take base={base} onDone={data.again} />
          </Section>
        )}
        <Section title={w.use}>
          <Use />
        </Section>
        <Section title={w.taken} lead={w.takenLead} wide>
          <Loaded data={data}>{(list) => (list.length === 0 ? <Empty text={w.none} /> : <Taken list={list} />)}</Loaded>
        </Section>
      </div>
    </Page>
  );
}

function Take({ base, onDone }: { base: string; onDone: () => void }) {
  const { words, me } = useConsole();
  const w = words.backup;
  const [href, setHref] = useState<string>();
  const { values, field } = useFields({ recipient: '', password: '' });
  const action = useAction(async () => {
    setHref(undefined);
    await post('/confirm', { old: values.password });
    const { id } = await post<{ id: string }>(base, { recipient: values.recipient.trim() });
    field('password').onValue('');
    const path = `/api${base}/${id}`;
    setHref(path);
    download(path);
    onDone();
  });
  return (
    <>
      <Form action={action} label={w.download}>
        <TextField
          label={w.recipient}
          hint={w.recipientHint}
          {...field('recipient')}
          pattern="\s*age1[02-9ac-hj-np-z]{58}\s*"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
        />
        {/* Password managers look for it. */}
        <div class="hidden">
          <input
            type="text"
            autocomplete="username"
            value={me.viewer.user ?? ''}
            readOnly
            tabIndex={-1}
            aria-hidden="true"
          />
        </div>
        <TextField
          label={words.account.old}
          hint={w.passwordHint}
          type="password"
          {...field('password')}
          autocomplete="current-password"
        />
      </Form>
      <div role="status">{href !== undefined && <p class="notice good">{w.begun}</p>}</div>
    </>
  );
}

/** The browser saves what the server sends as it comes. */
function download(path: string): void {
  const link = document.createElement('a');
  link.href = path;
  link.download = '';
  link.click();
}

function Use() {
  const { words } = useConsole();
  const w = words.backup;
  return (
    <>
      <p>{w.keyText}</p>
      <Command text="age-keygen --output key.txt" label={w.keyText} />
      <p>{w.restoreText}</p>
      <Command text="jikji program restore FILE.backup.age --identity key.txt --database new" label={w.restoreText} />
      <p>{w.decryptText}</p>
      <Command
        text="age --decrypt --identity key.txt --output programme.backup FILE.backup.age"
        label={w.decryptText}
      />
      <p class="soft">{w.without}</p>
    </>
  );
}

function Taken({ list }: { list: Backup[] }) {
  const { words, format } = useConsole();
  const w = words.backup;
  return (
    <Table
      caption={w.caption}
      head={[
        words.log.time,
        words.log.who,
        words.common.status,
        right(w.entries),
        right(words.common.size),
        w.sha256,
        w.fingerprint,
      ]}
    >
      {list.map((one) => (
        <Row
          key={one.id}
          cells={[
            <Time of={one.time} />,
            one.user,
            <State of={one.state === 'complete' ? 'done' : one.state} text={w.states[one.state]} />,
            right(one.entries === null ? '–' : format.count(one.entries)),
            right(one.bytes === null ? '–' : format.bytes(one.bytes)),
            one.sha256 === null ? '–' : <Digest of={one.sha256} copy={w.sha256} />,
            <Digest of={one.recipient} />,
          ]}
        />
      ))}
    </Table>
  );
}
