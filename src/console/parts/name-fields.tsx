// Fields for the id of a new thing and its name in both languages.

import { useConsole } from '../state/context.ts';
import type { Title } from '../types.ts';
import { idPattern, TextField } from './form.tsx';

export const UNNAMED = { id: '', en: '', ko: '' };

/** A title without an empty Korean name. */
export const titleOf = ({ en, ko }: { en: string; ko: string }): Title => (ko.trim() === '' ? { en } : { en, ko });

type Bound = { value: string; onValue: (value: string) => void };

export function IdField({ hint, ...bound }: Bound & { hint?: string }) {
  const { common } = useConsole().words;
  return (
    <TextField
      label={common.id}
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
