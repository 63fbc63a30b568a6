// The viewer's account: API tokens, the password, log-ins, notices, identities at the log-in provider.

import { useState } from 'preact/hooks';
import { Copy, Row, Table, Time } from '../parts/elements.tsx';
import { Form, TextField } from '../parts/form.tsx';
import { LetterKeys } from '../parts/letter-keys.tsx';
import { Failed, Loaded } from '../parts/loaded.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { Written } from '../parts/written.tsx';
import { call, post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction, useData, useFields } from '../state/data.ts';
import type { OpenIdButton, TokenInfo } from '../types.ts';
import { Identities } from './account/identities.tsx';
import { LogIns } from './account/log-ins.tsx';
import { Notices } from './account/mail.tsx';

export default function Account() {
  const { words, me } = useConsole();
  const w = words.account;
  const { viewer } = me;
  const hasProvider = useData<OpenIdButton>(viewer.user === null ? null : '/openid').value?.label;
  if (viewer.user === null)
    return (
      <Page title={words.nav.account} lead={w.logIn}>
        <p>
          <a href="/log-in">{words.nav.logIn}</a>
        </p>
      </Page>
    );
  return (
    <Page
      title={words.nav.account}
      lead={
        <>
          {w.whoAmI} <strong>{viewer.user}</strong> (
          {words.nav.loggedInAs(viewer.name ?? viewer.user, words.roles[viewer.role])})
        </>
      }
    >
      <div class="grid">
        <Section title={w.tokens} lead={w.tokensLead}>
          <Tokens />
        </Section>
        <Section title={w.password}>
          <Password />
        </Section>
        <Section title={words.logIns.title} lead={words.logIns.lead} wide>
          <LogIns />
        </Section>
        <Section title={words.mail.title} lead={words.mail.lead}>
          <Notices />
        </Section>
        <Section title={words.keys.title} lead={words.keys.lead}>
          <LetterKeys />
        </Section>
        {hasProvider && (
          <Section title={words.openid.section} lead={words.openid.lead}>
            <Identities />
          </Section>
        )}
      </div>
    </Page>
  );
}

function Tokens() {
  const { words } = useConsole();
  const w = words.account;
  const data = useData<TokenInfo[]>('/tokens');
  const { values, field } = useFields({ name: '', days: '90' });
  const [made, setMade] = useState<string>();
  const make = useAction(async () => {
    setMade(undefined);
    setMade((await post<{ token: string }>('/tokens', { ...values, days: Number(values.days) })).token);
    field('name').onValue('');
    data.again();
  });
  const drop = useAction(async (id: string) => {
    await call('DELETE', `/tokens/${encodeURIComponent(id)}`);
    data.again();
  });
  return (
    <>
      <Loaded data={data}>
        {(tokens) =>
          tokens.length === 0 ? (
            <Empty text={w.noTokens} />
          ) : (
            <Table
              caption={w.tokensCaption}
              head={[w.tokenName, w.used, words.people.expires, <span class="hidden">{w.drop}</span>]}
            >
              {tokens.map((token) => (
                <Row
                  key={token.id}
                  cells={[
                    <Written text={token.name} />,
                    token.used === null ? words.people.never : <Time of={token.used} ago />,
                    <Time of={token.expires} />,
                    <button type="button" aria-label={w.dropWhich(token.name)} onClick={() => drop.run(token.id)}>
                      {w.drop}
                    </button>,
                  ]}
                />
              ))}
            </Table>
          )
        }
      </Loaded>
      <Failed of={drop.failure} />
      <Form action={make} label={w.make}>
        <div class="row">
          <TextField label={w.tokenName} {...field('name')} maxLength={100} />
          <TextField label={words.people.days} type="number" min={1} max={365} {...field('days')} />
        </div>
      </Form>
      <div role="status">
        {made && (
          <div class="notice good">
            <p>
              {w.token} <code>{made}</code> <Copy text={made} label={w.tokens} />
            </p>
          </div>
        )}
      </div>
    </>
  );
}

function Password() {
  const { words, me } = useConsole();
  const w = words.account;
  const { values, field } = useFields({ old: '', new: '' });
  const action = useAction(async () => {
    await post('/password', values);
    field('old').onValue('');
    field('new').onValue('');
  });
  return (
    <>
      <Form action={action} label={w.change}>
        {/* Password managers look for it. */}
        <div class="hidden">
          <input
            type="text"
            autocomplete="username"
            value={me.viewer.user ?? ''}
            readOnly
            tabIndex={-1}
            aria-hidden="true"
          />
        </div>
        <TextField label={w.old} type="password" autocomplete="current-password" {...field('old')} />
        <TextField
          label={w.fresh}
          hint={w.passwordHint}
          type="password"
          minLength={10}
          autocomplete="new-password"
          {...field('new')}
        />
      </Form>
      <div role="status">{action.done && <p class="notice good">{w.changed}</p>}</div>
    </>
  );
}
