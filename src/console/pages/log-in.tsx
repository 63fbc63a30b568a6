// Log-in, and back to the page that `?next=` names. The fields keep their text after a failure.

import { useState } from 'preact/hooks';
import { Command } from '../parts/elements.tsx';
import { Form, TextField } from '../parts/form.tsx';
import { OpenIdButton } from '../parts/openid-button.tsx';
import { Page } from '../parts/page.tsx';
import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction, useFields } from '../state/data.ts';
import { navigate, nextPath } from '../state/router.ts';

export default function LogIn() {
  const { words, renew } = useConsole();
  const w = words.logIn;
  const [next] = useState(nextPath);
  const { values, field } = useFields({ user: '', password: '' });
  const action = useAction(async () => {
    await post('/log-in', { ...values, user: values.user.trim() });
    renew();
    navigate(next);
  });
  return (
    <Page title={words.nav.logIn}>
      <div class="card alone-card">
        <Form action={action} label={words.nav.logIn}>
          <TextField
            label={w.user}
            {...field('user')}
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
          />
          <TextField
            label={words.account.password}
            type="password"
            {...field('password')}
            autocomplete="current-password"
          />
        </Form>
        <OpenIdButton begin={{ purpose: 'log-in' }} leaving={{ next }} />
      </div>
      <p class="soft">{w.invited}</p>
      <p class="soft">{w.first}</p>
      <p class="soft">{w.forgotten}</p>
      <Command text="jikji program password-link USER --database FOLDER" />
    </Page>
  );
}
