// Logging in. What was typed stays when it was wrong.

import { useState } from 'preact/hooks';
import { Form, TextField } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useDeed } from '../state/data.ts';
import { go } from '../state/router.ts';

export default function LogIn() {
  const { words, renew } = useConsole();
  const w = words.logIn;
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const deed = useDeed(async () => {
    await post('/log-in', { user: user.trim(), password });
    renew();
    go('/');
  });
  return (
    <Page title={w.title}>
      <div class="card alone-card">
        <Form onSubmit={deed.run} busy={deed.busy} failure={deed.failure} label={w.go}>
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
