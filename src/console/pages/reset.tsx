// A new password by a one-time link of the office.

import { useEffect, useState } from 'preact/hooks';
import { Time } from '../parts/elements.tsx';
import { Form, TextField } from '../parts/form.tsx';
import { Busy, Failed } from '../parts/loaded.tsx';
import { Empty, Page } from '../parts/page.tsx';
import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction, useFields } from '../state/data.ts';
import { takeToken } from '../state/link-token.ts';
import { navigate } from '../state/router.ts';
import type { ResetLink } from '../types.ts';

export default function Reset() {
  const { words, renew } = useConsole();
  const w = words.reset;
  const [token] = useState(takeToken);
  const [link, setLink] = useState<ResetLink>();
  const { values, field } = useFields({ password: '' });
  const look = useAction(async () => setLink(await post<ResetLink>('/resets/look', { token })));
  const use = useAction(async () => {
    await post('/resets/use', { token, ...values });
    renew();
    navigate('/');
  });
  // Dependencies: once
  useEffect(() => {
    if (token !== '') look.run();
  }, []);
  if (token === '') return <Page title={w.title} lead={w.none} />;
  const gone = look.failure?.code === 'reset-unknown';
  return (
    <Page title={w.title} lead={link && w.lead}>
      {gone ? (
        <div role="alert">
          <Empty text={w.broken} hint={w.ask} />
        </div>
      ) : (
        <Failed of={look.failure} again={() => look.run()} />
      )}
      {look.busy && <Busy />}
      {link && (
        <div class="card alone-card">
          <Form action={use} label={w.set}>
            {/* Password managers look for it. */}
            <TextField label={words.logIn.user} value={link.user} onValue={() => {}} readOnly autocomplete="username" />
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
            {words.people.expires} <Time of={link.expires} />
          </p>
        </div>
      )}
    </Page>
  );
}
