// Log-in. The fields keep their text after a failure.

import { useState } from 'preact/hooks';
import { Form, TextField } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction } from '../state/data.ts';
import { navigate } from '../state/router.ts';

export default function LogIn() {
  const { words, renew } = useConsole();
  const w = words.logIn;
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const action = useAction(async () => {
    await post('/log-in', { user: user.trim(), password });
    renew();
    navigate('/');
  });
  return (
    <Page title={w.title}>
      <div class="card alone-card">
        <Form onSubmit={action.run} busy={action.busy} failure={action.failure} label={w.go}>
          <TextField
            label={w.user}
            value={user}
            onValue={setUser}
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
          />
          <TextField
            label={w.password}
            type="password"
            value={password}
            onValue={setPassword}
            autocomplete="current-password"
          />
        </Form>
      </div>
      <p class="soft">{w.invited}</p>
      <p class="soft">{w.first}</p>
    </Page>
  );
}
