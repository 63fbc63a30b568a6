// Compares a published link of an entry with the log that this server shows. Everybody may.

import { useState } from 'preact/hooks';
import { State } from '../../parts/elements.tsx';
import { Form, TextField } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { get } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction, useFields } from '../../state/data.ts';
import type { LogPage } from '../../types.ts';

type Compared = { seq: number; how: 'same' | 'other' | 'missing' } | { how: 'unreadable' };

export function Compare({ base }: { base: string }) {
  const { words, format } = useConsole();
  const w = words.compareLink;
  const { values, field } = useFields({ published: '' });
  const [found, setFound] = useState<Compared>();
  const action = useAction(async () => {
    const [, number, link] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(values.published.trim().toLowerCase()) ?? [];
    const seq = Number(number);
    if (link === undefined || seq < 1) return setFound({ how: 'unreadable' });
    const { entries } = await get<LogPage>(`${base}/log?from=${seq}&count=1`);
    const entry = entries.find((one) => one.seq === seq);
    setFound({ seq, how: !entry ? 'missing' : entry.link === link ? 'same' : 'other' });
  });
  return (
    <Section title={w.title} lead={w.lead}>
      <Form action={action} label={w.compare}>
        <TextField
          label={w.published}
          hint={w.hint}
          {...field('published')}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
        />
      </Form>
      <div role="status">
        {found && (
          <p>
            {found.how === 'unreadable' ? (
              <State of="refused" text={w.unreadable} />
            ) : (
              <State of={found.how === 'same' ? 'holds' : 'refuted'} text={w[found.how](format.count(found.seq))} />
            )}
          </p>
        )}
      </div>
    </Section>
  );
}
