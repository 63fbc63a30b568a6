// The selected runs: how many, those of an old link that are not here, and tags for all of them.

import { Form, TextField } from '../../parts/form.tsx';
import { Failed } from '../../parts/loaded.tsx';
import { Section } from '../../parts/page.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction, useFields } from '../../state/data.ts';
import type { ChangeView } from '../../state/run-view.ts';
import type { RunTable } from '../../types.ts';

/** The place of the page at which the comparison begins. */
export const COMPARED = 'compared';

export function Selection({
  table,
  selected,
  change,
  again,
}: {
  table: RunTable;
  /** Ids as the address has them: the table may still be that of the selection before. */
  selected: string[];
  change: ChangeView;
  again: () => void;
}) {
  const { words, format } = useConsole();
  const own = words.runTable;
  const { values, field } = useFields({ tag: '' });
  const ids = selected.filter((id) => !table.unknown.includes(id));
  const tag = async (on: boolean) => {
    await post('/run-tags', { runs: ids, tag: values.tag, on });
    again();
  };
  const add = useAction(() => tag(true));
  const remove = useAction(() => tag(false));
  return (
    <Section
      anchor={COMPARED}
      title={own.selected(format.count(ids.length))}
      aside={
        <button type="button" onClick={() => change({ selected: [], range: null })}>
          {own.clear}
        </button>
      }
    >
      {table.unknown.length > 0 && (
        <div class="notice warn">
          <p>{own.unknown(format.count(table.unknown.length))}</p>
          <button type="button" onClick={() => change({ selected: ids })}>
            {own.dropUnknown}
          </button>
        </div>
      )}
      {ids.length > 0 && (
        <Form
          action={add}
          label={own.addTag}
          more={
            <button
              type="button"
              aria-disabled={remove.busy}
              onClick={(event) => event.currentTarget.form!.reportValidity() && remove.run()}
            >
              {own.removeTag}
            </button>
          }
        >
          <TextField label={own.tag} hint={own.tagHint} maxLength={40} autocomplete="off" {...field('tag')} />
          <Failed of={remove.failure} />
          <p role="status">{(add.done || remove.done) && own.tagDone}</p>
        </Form>
      )}
    </Section>
  );
}
