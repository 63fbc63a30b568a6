// Users and open invitations. For the office.

import { useState } from 'preact/hooks';
import { Copy, Row, State, Table, Time } from '../parts/elements.tsx';
import { Choice, Form, TextField } from '../parts/form.tsx';
import { Failed, Loaded } from '../parts/loaded.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { call, post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction, useData, useFields } from '../state/data.ts';
import { namesIn } from '../state/names.ts';
import { lang } from '../state/settings.ts';
import type { Invitation, Overview, OwnMail, Person } from '../types.ts';
import { MailFields } from './people/invite-by-mail.tsx';
import { Outbox } from './people/outbox.tsx';

const ROLES = ['expert', 'evaluator', 'consortium', 'auditor', 'office'] as const;

export default function People() {
  const { words } = useConsole();
  const w = words.people;
  const users = useData<Person[]>('/users');
  const invitations = useData<Invitation[]>('/invitations');
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
          <Loaded data={users}>{(list) => <Users list={list} onDone={users.again} />}</Loaded>
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
  const { words, me, format } = useConsole();
  const w = words.people;
  const start = {
    role: 'expert' as (typeof ROLES)[number],
    programme: '',
    team: '',
    note: '',
    days: '7',
    address: '',
    lang: lang.value,
  };
  const { values, field } = useFields(start);
  const { role, note, team } = values;
  const [made, setMade] = useState<{ link?: string; address?: string; expires: string }>();
  const address = mails ? values.address.trim() : '';
  const inside = role !== 'office';
  const programme =
    values.programme || (me.programmes.find(({ mode }) => mode !== 'record') ?? me.programmes[0])?.id || '';
  const overview = useData<Overview>(
    role === 'consortium' && programme !== '' ? `/programmes/${encodeURIComponent(programme)}` : null,
  );
  const teams = overview.value?.consortia ?? [];
  const consortium = teams.some(({ id }) => id === team) ? team : (teams[0]?.id ?? '');
  const action = useAction(async () => {
    setMade(undefined);
    setMade(
      await post(address === '' ? '/invitations' : '/mail/invitations', {
        ...(address === '' ? {} : { address, lang: values.lang }),
        role,
        programme: inside ? programme : null,
        consortium: role === 'consortium' ? consortium : null,
        ...(note.trim() === '' ? {} : { note }),
        days: Number(values.days),
      }),
    );
    field('note').onValue('');
    field('address').onValue('');
    onDone();
  });
  return (
    <>
      <Form action={action} label={address === '' ? w.make : words.mail.inviteSend}>
        <div class="row">
          <Choice
            label={w.role}
            {...field('role')}
            options={ROLES.map((value) => ({ value, text: words.roles[value] }))}
          />
          {inside && (
            <Choice
              label={w.programme}
              {...field('programme')}
              value={programme}
              options={me.programmes.map(({ id, name }) => ({ value: id, text: format.title(name) }))}
            />
          )}
          {role === 'consortium' && (
            <Choice
              label={w.consortium}
              {...field('team')}
              value={consortium}
              options={teams.map(({ id, name }) => ({ value: id, text: format.title(name) }))}
            />
          )}
        </div>
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

/** What an invitation or a user is for. */
function For({ programme, consortium, consortiumName }: Pick<Person, 'programme' | 'consortium' | 'consortiumName'>) {
  const { words, me, format } = useConsole();
  if (programme === null) return words.people.everywhere;
  return (
    <>
      {namesIn(me.programmes, format)(programme)}
      {consortium !== null && <small>{consortiumName ? format.title(consortiumName) : consortium}</small>}
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
              { of: words.roles[one.role], note: one.note && one.note },
              <For {...one} />,
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

function Users({ list, onDone }: { list: Person[]; onDone: () => void }) {
  const { words } = useConsole();
  const w = words.people;
  const action = useAction(async ({ user, blocked }: Person) => {
    await call('PATCH', `/users/${encodeURIComponent(user)}`, { blocked: !blocked });
    onDone();
  });
  if (list.length === 0) return <Empty text={w.noUsers} />;
  return (
    <>
      <Failed of={action.failure} />
      <Table
        caption={w.usersCaption}
        head={[w.user, w.role, w.who, words.common.status, w.lastSeen, <span class="hidden">{w.block}</span>]}
      >
        {list.map((one) => (
          <Row
            key={one.user}
            cells={[
              { of: one.name, note: one.user },
              words.roles[one.role],
              <For {...one} />,
              <State of={one.blocked ? 'refused' : 'active'} text={one.blocked ? w.blocked : w.active} />,
              one.lastSeen === null ? w.never : <Time of={one.lastSeen} ago />,
              <button
                type="button"
                aria-label={(one.blocked ? w.unblockWhich : w.blockWhich)(one.user)}
                onClick={() => action.run(one)}
              >
                {one.blocked ? w.unblock : w.block}
              </button>,
            ]}
          />
        ))}
      </Table>
    </>
  );
}
