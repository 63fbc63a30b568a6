// The first page of a server whose first database has no programme yet.

import { useState } from 'preact/hooks';
import { Choice, Form, idPattern, TextField } from '../parts/form.tsx';
import { Failed } from '../parts/loaded.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction } from '../state/data.ts';
import { navigate, pathOf } from '../state/router.ts';

export default function Begin() {
  const { words, me, renew } = useConsole();
  const w = words.begin;
  const [name, setName] = useState({ id: '', en: '', ko: '' });
  const [mode, setMode] = useState<'practice' | 'real'>('practice');
  const begin = async (body: unknown) => {
    const { id } = await post<{ id: string }>('/programmes', body);
    renew();
    navigate(pathOf('overview', { programme: id }));
  };
  const take = useAction((example: string) => begin({ example }));
  const create = useAction(() =>
    begin({ id: name.id, name: name.ko.trim() === '' ? { en: name.en } : { en: name.en, ko: name.ko }, mode }),
  );
  if (me.viewer.role !== 'office')
    return (
      <Page title={w.title}>
        <Empty text={w.lead} hint={w.onlyOffice}>
          <p>
            <a href="/log-in">{w.logIn}</a>
          </p>
        </Empty>
      </Page>
    );
  const example = (id: string, title: string, text: string) => (
    <section class="card">
      <h2>{title}</h2>
      <p>{text}</p>
      <button type="button" aria-disabled={take.busy} onClick={() => take.run(id)}>
        {take.busy ? words.common.working : w.take}
        <span class="hidden"> {title}</span>
      </button>
    </section>
  );
  return (
    <Page title={w.title} lead={w.lead}>
      <Failed of={take.failure} />
      <div class="choices">
        {example('practice', w.practice, w.practiceText)}
        {example('korea-2025', w.korea, w.koreaText)}
      </div>
      <Section title={w.found}>
        <Form onSubmit={create.run} busy={create.busy} failure={create.failure} label={w.go}>
          <div class="row">
            <TextField
              label={words.common.id}
              hint={words.common.idHint}
              pattern={idPattern}
              value={name.id}
              onValue={(id) => setName({ ...name, id })}
              spellcheck={false}
            />
            <Choice
              label={w.mode}
              value={mode}
              options={(['practice', 'real'] as const).map((value) => ({ value, text: w.modes[value] }))}
              onValue={setMode}
            />
          </div>
          <div class="row">
            <TextField label={words.common.nameEn} value={name.en} onValue={(en) => setName({ ...name, en })} />
            <TextField
              label={words.common.nameKo}
              optional
              lang="ko"
              value={name.ko}
              onValue={(ko) => setName({ ...name, ko })}
            />
          </div>
        </Form>
      </Section>
    </Page>
  );
}
