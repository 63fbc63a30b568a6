// Fields for the id of a new thing and its name in both languages.

import { useState } from 'preact/hooks';
import { useConsole } from '../state/context.ts';
import { useKeptFields } from '../state/kept-fields.ts';
import { proposedId } from '../state/proposed-id.ts';
import type { Title } from '../types.ts';
import { idPattern, TextField } from './form.tsx';

export const UNNAMED = { id: '', en: '', ko: '' };

/** A title without an empty Korean name. */
export const titleOf = ({ en, ko }: { en: string; ko: string }): Title => (ko.trim() === '' ? { en } : { en, ko });

type Bound = { value: string; onValue: (value: string) => void };

export function IdField({ label, hint, ...bound }: Bound & { label?: string; hint?: string }) {
  const { common } = useConsole().words;
  return (
    <TextField
      label={label ?? common.id}
      hint={hint ?? common.idHint}
      pattern={idPattern}
      {...bound}
      autocomplete="off"
      spellcheck={false}
    />
  );
}

/** `field`: binds a name. `title`: the names are called titles. */
export function TitleFields({ field, title }: { field: (name: 'en' | 'ko') => Bound; title?: boolean }) {
  const { common, overview } = useConsole().words;
  return (
    <>
      <TextField label={title ? overview.titleEn : common.nameEn} {...field('en')} />
      <TextField label={title ? overview.titleKo : common.nameKo} optional lang="ko" {...field('ko')} />
    </>
  );
}

export const NameFields = ({ field, title }: { field: (name: 'id' | 'en' | 'ko') => Bound; title?: boolean }) => (
  <>
    <IdField {...field('id')} />
    <div class="row">
      <TitleFields field={field} {...(title ? { title } : {})} />
    </div>
  </>
);

interface NewName {
  values: typeof UNNAMED;
  field: (name: keyof typeof UNNAMED) => Bound;
  forget: () => void;
}

/**
 * The name of something new, kept for the path of the API that it is sent to, and an id that is proposed from it until somebody writes another one.
 * `or`: as `proposedId` takes it.
 */
export function useNewName(path: string, { taken, or }: { taken: readonly { id: string }[]; or: string }): NewName {
  const { values, field, forget } = useKeptFields(`${path} name`, UNNAMED);
  const [isOwn, setOwn] = useState(values.id !== '');
  const ids = taken.map(({ id }) => id);
  const id = isOwn ? values.id : proposedId(values.en, ids, or);
  const bind = (name: keyof typeof UNNAMED): Bound => {
    if (name !== 'id') return field(name);
    return {
      value: id,
      onValue(value) {
        setOwn(true);
        field('id').onValue(value);
      },
    };
  };
  return { values: { ...values, id }, field: bind, forget };
}

/** The name first, as the id follows from it. */
export const NewNameFields = ({ field, title }: Pick<NewName, 'field'> & { title?: boolean }) => (
  <>
    <div class="row">
      <TitleFields field={field} {...(title ? { title } : {})} />
    </div>
    <IdField {...field('id')} />
  </>
);
