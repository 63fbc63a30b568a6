// Registers the draft: signed, for good.

import { useState } from 'preact/hooks';
import { DialogButton } from '../../parts/dialog.tsx';
import { Digest } from '../../parts/elements.tsx';
import { Form } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import { pathOf } from '../../state/router.ts';
import type { CheckedRuleBook } from '../../types.ts';
import { useDraft } from './draft.ts';

type Registered = NonNullable<CheckedRuleBook['ruleBook']>;

export function Register({ programme }: { programme: string }) {
  const { words, format } = useConsole();
  const w = words.newBook;
  const { text, setText, checked, isStale } = useDraft();
  const [done, setDone] = useState<Registered>();
  const ready = !isStale && checked?.problems.length === 0 ? checked.ruleBook : null;
  const nameOf = ({ name, version }: Registered) => `${name}, ${words.stage.version(format.count(version))}`;
  return (
    <Section title={words.books.register} lead={w.registerLead}>
      {ready ? (
        <div>
          <DialogButton label={words.books.register} primary>
            {(close) => (
              <Confirm
                programme={programme}
                text={text}
                name={nameOf(ready)}
                digest={ready.digest}
                onDone={(registered) => {
                  setDone(registered);
                  setText('');
                  close();
                }}
              />
            )}
          </DialogButton>
        </div>
      ) : (
        <p class="soft">{w.notReady}</p>
      )}
      <div role="status">
        {done && (
          <div class="notice good">
            <p>
              {words.books.registeredAs(nameOf(done))}{' '}
              <a href={pathOf('ruleBook', { programme, digest: done.digest })}>{w.show}</a>
            </p>
          </div>
        )}
      </div>
    </Section>
  );
}

function Confirm({
  programme,
  text,
  name,
  digest,
  onDone,
}: {
  programme: string;
  text: string;
  name: string;
  digest: string;
  onDone: (registered: Registered) => void;
}) {
  const { words } = useConsole();
  const w = words.newBook;
  const action = useAction(async () =>
    onDone(await post<Registered>(`/programmes/${encodeURIComponent(programme)}/rule-books`, { text })),
  );
  return (
    <>
      <p>{w.confirm(name)}</p>
      <p>
        {words.common.digest}: <Digest of={digest} />
      </p>
      <Form action={action} label={w.confirmNow} />
    </>
  );
}
