// Accepting an invitation.

import { useState } from 'preact/hooks';
import { Fact, Facts } from '../../page-kit/index.ts';
import { Form, idPattern, TextField } from '../parts/form.tsx';
import { LinkPage, useLink } from '../parts/link-page.tsx';
import { OpenIdButton } from '../parts/openid-button.tsx';
import { Page } from '../parts/page.tsx';
import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction, useFields } from '../state/data.ts';
import { namesIn } from '../state/names.ts';
import { navigate, nextPath } from '../state/router.ts';
import type { Invitation } from '../types.ts';

export default function InvitationPage() {
  const { words, format, me, renew } = useConsole();
  const w = words.invitation;
  const link = useLink<Invitation>('/invitations/look', 'invitation-unknown');
  const { token, found: invitation, gone } = link;
  const [next] = useState(nextPath);
  const { values, field } = useFields({ user: '', name: '', password: '' });
  const accept = useAction(async () => {
    await post('/invitations/accept', { token, ...values });
    renew();
    navigate(next);
  });
  if (token === '') return <Page title={w.missing} lead={w.none} />;
  const isNamed = new RegExp(`^${idPattern}$`).test(values.user) && values.name.trim() !== '';
  return (
    <LinkPage of={link} title={invitation ? w.title : gone ? w.dead : w.looking} lead={invitation && w.lead} words={w}>
      {invitation && (
        <>
          <Facts>
            <Fact name={words.people.role}>{words.roles[invitation.role]}</Fact>
            {invitation.programme !== null && (
              <Fact name={words.people.programme}>{namesIn(me.programmes, format)(invitation.programme)}</Fact>
            )}
            {invitation.consortium !== null && (
              <Fact name={words.people.consortium}>
                {invitation.consortiumName ? format.title(invitation.consortiumName) : invitation.consortium}
              </Fact>
            )}
          </Facts>
          <Form action={accept} label={w.accept}>
            <TextField
              label={w.user}
              hint={w.userHint}
              pattern={idPattern}
              {...field('user')}
              autocomplete="username"
              autocapitalize="none"
              spellcheck={false}
            />
            <TextField label={w.name} {...field('name')} autocomplete="name" />
            <TextField
              label={words.account.password}
              hint={words.account.passwordHint}
              type="password"
              minLength={10}
              {...field('password')}
              autocomplete="new-password"
            />
          </Form>
          <OpenIdButton
            begin={{ purpose: 'accept', invitation: token }}
            leaving={{ next, accept: { token, user: values.user, name: values.name } }}
            label={words.openid.accept}
            lead={words.openid.acceptLead}
            missing={isNamed ? undefined : words.openid.incomplete}
          />
        </>
      )}
    </LinkPage>
  );
}
