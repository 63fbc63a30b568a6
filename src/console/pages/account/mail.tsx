// Own notices by e-mail: the address, which must be confirmed, the language, and the kinds.

import { Fact, Facts } from '../../../page-kit/index.ts';
import { CheckBoxes, Choice, Form, TextField } from '../../parts/form.tsx';
import { Failed, Loaded } from '../../parts/loaded.tsx';
import { Empty } from '../../parts/page.tsx';
import { call, post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction, useData, useFields } from '../../state/data.ts';
import { listIn, useKeptFields } from '../../state/kept-fields.ts';
import { lang } from '../../state/settings.ts';
import type { OwnMail } from '../../types.ts';

export function Notices() {
  const { words } = useConsole();
  const data = useData<OwnMail>('/mail');
  return (
    <Loaded data={data}>
      {(own) => (own.on ? <Settings own={own} onDone={data.again} /> : <Empty text={words.mail.off} />)}
    </Loaded>
  );
}

function Settings({ own, onDone }: { own: OwnMail; onDone: () => void }) {
  const { words } = useConsole();
  const w = words.mail;
  const { values, field } = useFields({ address: '' });
  const isNew = own.address === null && own.pending === null;
  const choice = useKeptFields('/mail/choice', { lang: isNew ? lang.value : own.lang, kinds: own.kinds.join('\n') });
  const kinds = listIn(choice.field('kinds'));
  const chosen = { lang: choice.values.lang, kinds: kinds.chosen };
  const request = useAction(async () => {
    await post('/mail/address', { address: values.address, lang: chosen.lang });
    field('address').onValue('');
    onDone();
  });
  const save = useAction(async () => {
    await call('PUT', '/mail/choice', chosen);
    choice.forget();
    onDone();
  });
  const remove = useAction(async () => {
    await call('DELETE', '/mail/address');
    onDone();
  });
  return (
    <>
      <Facts>
        <Fact name={w.address}>{own.address ?? w.none}</Fact>
        {own.pending !== null && <Fact name={w.pending}>{own.pending}</Fact>}
      </Facts>
      <Failed of={remove.failure} />
      {!isNew && (
        <div class="buttons">
          <button type="button" aria-disabled={remove.busy} onClick={() => remove.run()}>
            {w.remove}
          </button>
        </div>
      )}
      <Form action={request} label={w.send}>
        <TextField
          label={w.newAddress}
          hint={w.addressHint}
          {...field('address')}
          autocomplete="email"
          autocapitalize="none"
          spellcheck={false}
          maxLength={254}
        />
      </Form>
      <div role="status">{request.done && <p class="notice good">{w.sent}</p>}</div>
      <Form action={save} label={w.save}>
        <Choice
          label={w.language}
          {...choice.field('lang')}
          options={(['ko', 'en'] as const).map((value) => ({ value, text: w.languages[value] }))}
        />
        <fieldset class="checks-list">
          <legend>{w.kindsTitle}</legend>
          <CheckBoxes
            options={(['stages', 'submissions', 'appeals', 'reminders'] as const).map((value) => ({
              value,
              text: w.kinds[value],
            }))}
            {...kinds}
          />
        </fieldset>
      </Form>
      <div role="status">{save.done && <p class="notice good">{w.saved}</p>}</div>
    </>
  );
}
