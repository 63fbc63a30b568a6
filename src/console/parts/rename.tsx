// A dialog to correct a wrong name; the log keeps both names.

import type { ComponentChildren } from 'preact';
import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction } from '../state/data.ts';
import { useKeptFields } from '../state/kept-fields.ts';
import type { Title } from '../types.ts';
import { DialogButton } from './dialog.tsx';
import { Form, TextField } from './form.tsx';
import { TitleFields, titleOf } from './name-fields.tsx';

interface Renaming {
  /** Of the programme in the API. */
  base: string;
  what: 'consortium' | 'organisation' | 'stage' | 'call' | 'application';
  id: string;
  name: Title;
}

/** `face`: what the button shows in place of its words, which then name it. */
export const Rename = ({
  onDone,
  face,
  class: name,
  ...renaming
}: Renaming & { onDone: () => void; face?: ComponentChildren; class?: string }) => (
  <DialogButton
    label={useConsole().words.consortium.rename}
    onDone={onDone}
    {...(face === undefined ? {} : { face })}
    {...(name === undefined ? {} : { class: name })}
  >
    {(done) => <RenameForm {...renaming} done={done} />}
  </DialogButton>
);

function RenameForm({ base, what, id, name, done }: Renaming & { done: () => void }) {
  const { words } = useConsole();
  const w = words.consortium;
  const path = `${base}/names`;
  const kept = { en: name.en, ko: name.ko ?? '', reason: '' };
  const { values, field, forget, isOutdated } = useKeptFields(`${path} ${what} ${id}`, kept);
  const action = useAction(async () => {
    const reason = values.reason.trim() === '' ? {} : { reason: values.reason };
    await post(path, { what, id, name: titleOf(values), ...reason });
    forget();
    done();
  });
  return (
    <Form action={action} label={w.rename}>
      {isOutdated && <p class="notice warn">{words.common.outdated}</p>}
      <p class="lead">{w.renameHint}</p>
      <TitleFields field={field} />
      <TextField label={w.reason} optional {...field('reason')} />
    </Form>
  );
}
