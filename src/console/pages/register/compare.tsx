// Compares a head that a reader knows from elsewhere with all heads of the register. The answer is the server's; a command checks it
// elsewhere.

import { useState } from 'preact/hooks';
import { Source } from '../../parts/elements.tsx';
import { Form, TextField } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { get } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import type { RegisterHead } from '../../types.ts';

export function Compare({ base }: { base: string }) {
  const { words, format } = useConsole();
  const w = words.register;
  const [head, setHead] = useState('');
  const [found, setFound] = useState<RegisterHead & { head: string }>();
  const action = useAction(async () => {
    setFound(undefined);
    const asked = head.trim().toLowerCase();
    setFound({ ...(await get<RegisterHead>(`${base}/register/heads/${encodeURIComponent(asked)}`)), head: asked });
  });
  return (
    <Section title={w.compare} lead={w.compareLead}>
      <Form action={action} label={w.compareSend}>
        <TextField
          label={w.compareField}
          pattern="\s*[0-9a-fA-F]{64}\s*"
          value={head}
          onValue={(value) => {
            setHead(value);
            setFound(undefined);
          }}
          spellcheck={false}
          autocomplete="off"
          class="code"
        />
      </Form>
      <div role="status">
        {found && (
          <div class={`notice ${found.entry === null ? 'bad' : 'good'}`}>
            <p>{textOf(found)}</p>
          </div>
        )}
      </div>
      {found && (
        <>
          <p class="soft">{w.compareCommand}</p>
          <Source text={`jikji audit RUN --register register.jsonl --register-head ${found.head}`} lang="en" />
        </>
      )}
    </Section>
  );

  function textOf({ entry, count }: RegisterHead): string {
    if (entry === null) return w.hadNot;
    return entry === 0 ? w.hadFirst(format.count(count)) : w.had(format.count(entry), format.count(count));
  }
}
