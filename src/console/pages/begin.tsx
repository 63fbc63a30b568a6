// The first page of a server whose first database has no programme yet.

import { Choice, Form } from '../parts/form.tsx';
import { Failed } from '../parts/loaded.tsx';
import { IdField, TitleFields, titleOf, UNNAMED } from '../parts/name-fields.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction, useFields } from '../state/data.ts';
import { navigate, pathOf } from '../state/router.ts';

export default function Begin() {
  const { words, me, renew } = useConsole();
  const w = words.begin;
  const { values, field } = useFields({ ...UNNAMED, mode: 'practice' as 'practice' | 'real' });
  const begin = async (body: unknown) => {
    const { id } = await post<{ id: string }>('/programmes', body);
    renew();
    navigate(pathOf('overview', { programme: id }));
  };
  const take = useAction((example: string) => begin({ example }));
  const create = useAction(() => begin({ id: values.id, name: titleOf(values), mode: values.mode }));
  if (me.viewer.role !== 'office')
    return (
      <Page title={w.title}>
        <Empty text={w.lead} hint={w.onlyOffice}>
          <p>
            <a href="/log-in">{words.nav.logIn}</a>
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
        <Form action={create} label={w.go}>
          <div class="row">
            <IdField {...field('id')} />
            <Choice
              label={w.mode}
              {...field('mode')}
              options={(['practice', 'real'] as const).map((value) => ({ value, text: w.modes[value] }))}
            />
          </div>
          <div class="row">
            <TitleFields field={field} />
          </div>
        </Form>
      </Section>
    </Page>
  );
}
