// Confirms an address for notices. The token is in the fragment of the address, which browsers never send, and is removed from the address bar
// at once. A button confirms: programs that open the links of a mail do not press it.

import { useState } from 'preact/hooks';
import { Form } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction } from '../state/data.ts';
import { takeToken } from '../state/link-token.ts';
import { pathOf } from '../state/router.ts';

export default function AddressPage() {
  const { words } = useConsole();
  const w = words.mail;
  const [token] = useState(takeToken);
  const confirm = useAction(() => post('/mail/verify', { token }));
  if (token === '') return <Page title={w.confirmTitle} lead={w.confirmNone} />;
  return (
    <Page title={w.confirmTitle} lead={w.confirmLead}>
      <div class="card alone-card">
        {!confirm.done && <Form action={confirm} label={w.confirm} />}
        <div role="status">
          {confirm.done && (
            <p class="notice good">
              {w.confirmed} <a href={pathOf('account', {})}>{words.nav.account}</a>
            </p>
          )}
        </div>
      </div>
    </Page>
  );
}
