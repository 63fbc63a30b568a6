// Sends the link of an invitation to an address, so that nobody has to copy it.

import { Choice, TextField } from '../../parts/form.tsx';
import { useConsole } from '../../state/context.ts';

type Bound<T extends string> = { value: T; onValue: (value: T) => void };

/** Where the link goes; without an address it is shown, to be copied. */
export function MailFields({ address, lang }: { address: Bound<string>; lang: Bound<'en' | 'ko'> }) {
  const { words } = useConsole();
  const w = words.mail;
  return (
    <div class="row">
      <TextField
        label={w.inviteAddress}
        hint={w.inviteHint}
        optional
        {...address}
        autocapitalize="none"
        spellcheck={false}
        maxLength={254}
      />
      <Choice
        label={w.language}
        {...lang}
        options={(['ko', 'en'] as const).map((value) => ({ value, text: w.languages[value] }))}
      />
    </div>
  );
}
