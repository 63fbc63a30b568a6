// Where a draft begins: a template, a registered rule book, or an empty text.

import { useState } from 'preact/hooks';
import { DialogButton } from '../../parts/dialog.tsx';
import { Choice, Form } from '../../parts/form.tsx';
import { Failed } from '../../parts/loaded.tsx';
import { Section } from '../../parts/page.tsx';
import { get } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction, useData } from '../../state/data.ts';
import type { RuleBookPage, RuleBookRow, RuleBookTemplate } from '../../types.ts';
import { useDraft } from './draft.ts';
import { withValue } from './yaml-text.ts';

export function Begin({ programme }: { programme: string }) {
  const { words, format } = useConsole();
  const w = words.newBook;
  const path = `/programmes/${encodeURIComponent(programme)}/rule-books`;
  const templates = useData<RuleBookTemplate[]>('/rule-book-templates');
  const books = useData<RuleBookRow[]>(path);
  const draft = useDraft();
  const [from, choose] = useState('');
  const rows = books.value ?? [];
  const options = [
    { value: '', text: w.notChosen },
    ...(templates.value ?? []).map(({ id, title }) => ({
      value: `template:${id}`,
      text: w.template(format.title(title)),
    })),
    ...rows.map(({ digest, title, version }) => ({
      value: `book:${digest}`,
      text: w.nextOf(format.title(title), words.stage.version(format.count(version))),
    })),
  ];
  const action = useAction(async () => {
    const [kind, name] = from.split(':');
    const template = templates.value?.find(({ id }) => id === name);
    if (kind === 'template' && template) draft.setText(template.text);
    if (kind !== 'book') return;
    const { text, ...book } = await get<RuleBookPage>(`${path}/${encodeURIComponent(name!)}`);
    const versions = rows.filter((row) => row.name === book.name).map(({ version }) => version);
    draft.setText(withValue(text, ['version'], Math.max(book.version, ...versions) + 1));
  });
  const template = templates.value?.find(({ id }) => from === `template:${id}`);
  const isEmpty = draft.text.trim() === '';
  return (
    <Section title={w.begin} lead={w.beginLead}>
      <Failed of={templates.failure ?? books.failure} again={templates.failure ? templates.again : books.again} />
      <Choice label={w.beginFrom} value={from} options={options} onValue={choose} />
      {template && (
        <p>
          {Object.hasOwn(w.templates, template.id) && <>{w.templates[template.id as keyof typeof w.templates]} </>}
          {template.choices > 0 && w.choices(format.count(template.choices))}
        </p>
      )}
      {isEmpty ? (
        <Form action={action} label={w.beginNow} />
      ) : (
        from !== '' && (
          <div>
            <DialogButton label={w.beginNow}>
              {(done) => <Replace text={w.replace} label={w.replaceNow} run={action.run} done={done} />}
            </DialogButton>
            <Failed of={action.failure} />
          </div>
        )
      )}
    </Section>
  );
}

function Replace({
  text,
  label,
  run,
  done,
}: {
  text: string;
  label: string;
  run: () => Promise<void>;
  done: () => void;
}) {
  const action = useAction(async () => {
    await run();
    done();
  });
  return (
    <>
      <p>{text}</p>
      <Form action={action} label={label} />
    </>
  );
}
