// Users, open invitations, the record of accounts. For the office.

import { useState } from 'preact/hooks';
import { AccountChanges } from '../parts/account-changes.tsx';
import { Copy, Row, Table, Time } from '../parts/elements.tsx';
import { Form, TextField } from '../parts/form.tsx';
import { Failed, Loaded } from '../parts/loaded.tsx';
import { BelongsTo } from '../parts/membership.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { Written } from '../parts/written.tsx';
import { call, post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction, useData } from '../state/data.ts';
import { useKeptFields } from '../state/kept-fields.ts';
import { lang } from '../state/settings.ts';
import type { AccountChange, Invitation, OwnMail, Person } from '../types.ts';
import { MailFields } from './people/invite-by-mail.tsx';
import { useMembership } from './people/membership.tsx';
import { Outbox } from './people/outbox.tsx';
import { Users } from './people/users.tsx';

export default function People() {
  const { words } = useConsole();
  const w = words.people;
  const users = useData<Person[]>('/users');
  const invitations = useData<Invitation[]>('/invitations');
  const changes = useData<AccountChange[]>('/account-changes');
  const renewUsers = () => {
    users.again();
    changes.again();
  };
  const mails = useData<OwnMail>('/mail').value?.on === true;
  return (
    <Page title={words.nav.people} lead={w.lead}>
      <div class="grid">
        <Section title={w.invite}>
          <Invite mails={mails} onDone={invitations.again} />
        </Section>
        <Section title={w.invitations}>
          <Loaded data={invitations}>{(list) => <Invitations list={list} onDone={invitations.again} />}</Loaded>
        </Section>
        <Section title={w.users} wide>
          <Loaded data={users}>{(list) => <Users list={list} onDone={renewUsers} />}</Loaded>
        </Section>
        <Section title={words.accountChanges.title} lead={words.accountChanges.lead} wide>
          <AccountChanges data={changes} path="/account-changes" />
        </Section>
        {mails && (
          <Section title={words.mail.outbox} lead={words.mail.outboxLead} wide>
            <Outbox />
          </Section>
        )}
      </div>
    </Page>
  );
}

function Invite({ mails, onDone }: { mails: boolean; onDone: () => void }) {
  const { words } = useConsole();
  const w = words.people;
  const { values, field, reset } = useKeptFields('/invitations', {
    note: '',
    days: '7',
    address: '',
    lang: lang.value,
  });
  const { note } = values;
  const { membership, fields } = useMembership('/invitations', { role: 'expert', programme: null, consortium: null });
  const [made, setMade] = useState<{ link?: string; address?: string; expires: string }>();
  const address = mails ? values.address.trim() : '';
  const action = useAction(async () => {
    setMade(undefined);
    setMade(
      await post(address === '' ? '/invitations' : '/mail/invitations', {
        ...(address === '' ? {} : { address, lang: values.lang }),
        ...membership,
        ...(note.trim() === '' ? {} : { note }),
        days: Number(values.days),
      }),
    );
    reset();
    onDone();
  });
  return (
    <>
      <Form action={action} label={address === '' ? w.make : words.mail.inviteSend}>
        {fields}
        <div class="row">
          <TextField label={w.note} optional {...field('note')} maxLength={200} />
          <TextField label={w.days} type="number" min={1} max={90} {...field('days')} />
        </div>
        {mails && <MailFields address={field('address')} lang={field('lang')} />}
      </Form>
      <div role="status">
        {made && (
          <div class="notice good">
            <div class="stacked">
              {made.link === undefined ? (
                <p>{words.mail.inviteSent(made.address ?? '')}</p>
              ) : (
                <>
                  <p>{w.link}</p>
                  <p>
                    <code>{made.link}</code> <Copy text={made.link} label={w.invite} />
                  </p>
                </>
              )}
              <p class="soft">
                {w.expires} <Time of={made.expires} />
              </p>
            </div>
          </div>
        )}
      </div>
    </>
  );
}

function Invitations({ list, onDone }: { list: Invitation[]; onDone: () => void }) {
  const { words } = useConsole();
  const w = words.people;
  const action = useAction(async (id: string) => {
    await call('DELETE', `/invitations/${encodeURIComponent(id)}`);
    onDone();
  });
  const open = list.filter(({ usedBy }) => usedBy === null);
  if (open.length === 0) return <Empty text={w.noInvitations} />;
  return (
    <>
      <Failed of={action.failure} />
      <Table caption={w.invitationsCaption} head={[w.role, w.who, w.expires, <span class="hidden">{w.withdraw}</span>]}>
        {open.map((one) => (
          <Row
            key={one.id}
            cells={[
              { of: words.roles[one.role], note: one.note && <Written text={one.note} /> },
              <BelongsTo {...one} />,
              <Time of={one.expires} />,
              <button
                type="button"
                aria-label={w.withdrawWhich(`${words.roles[one.role]} ${one.note ?? ''}`)}
                onClick={() => action.run(one.id)}
              >
                {w.withdraw}
              </button>,
            ]}
          />
        ))}
      </Table>
    </>
  );
}
