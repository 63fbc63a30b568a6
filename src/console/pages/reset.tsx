// A new password by a one-time link of the office.

import { Time } from '../parts/elements.tsx';
import { Form, TextField } from '../parts/form.tsx';
import { LinkPage, useLink } from '../parts/link-page.tsx';
import { Page } from '../parts/page.tsx';
import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction, useFields } from '../state/data.ts';
import { navigate } from '../state/router.ts';
import type { ResetLink } from '../types.ts';

export default function Reset() {
  const { words, renew } = useConsole();
  const w = words.reset;
  const link = useLink<ResetLink>('/resets/look', 'reset-unknown');
  const { values, field } = useFields({ password: '' });
  const use = useAction(async () => {
    await post('/resets/use', { token: link.token, ...values });
    renew();
    navigate('/');
  });
  const { token, found } = link;
  if (token === '') return <Page title={w.title} lead={w.none} />;
  return (
    <LinkPage of={link} title={w.title} lead={found && w.lead} words={w}>
      {found && (
        <>
          <Form action={use} label={w.set}>
            {/* Password managers look for it. */}
            <TextField
              label={words.logIn.user}
              value={found.user}
              onValue={() => {}}
              readOnly
              autocomplete="username"
            />
            <TextField
              label={words.account.fresh}
              hint={words.account.passwordHint}
              type="password"
              minLength={10}
              {...field('password')}
              autocomplete="new-password"
            />
          </Form>
          <p class="soft">
            {words.people.expires} <Time of={found.expires} />
          </p>
        </>
      )}
    </LinkPage>
  );
}
