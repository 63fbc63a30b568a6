// Routes of notices by e-mail: a user's address and choice, invitations that are mailed, the outbox for the office.

import { z } from 'zod';
import type { OutboxRow } from '../../database/index.ts';
import { CHOSEN, type Mail, requireAddress } from '../../mail/index.ts';
import { type Context, requireHosted } from '../context.ts';
import { requireLogIn } from '../log-in.ts';
import * as refuse from '../refusals/routes.ts';
import { type Api, EVERYBODY, PEOPLE } from '../route.ts';
import { nothing } from '../shapes/common.ts';
import * as shape from '../shapes/mail.ts';
import { checkInvitation, userOf } from './people.ts';

/** @throws JikjiError `mail-off` */
function requireMail({ mail }: Context): Mail {
  if (mail) return mail;
  throw refuse.mailOff('mail');
}

const shown = ({ userId, createdAt, dueAt, endedAt, error, ...row }: OutboxRow): z.input<typeof shape.outboxNotice> => {
  const [why, ...reply] = error?.split(' ') ?? [];
  return {
    ...row,
    user: userId,
    created: createdAt.toISOString(),
    due: endedAt ? null : dueAt.toISOString(),
    ended: endedAt?.toISOString() ?? null,
    error: why === undefined ? null : { why, reply: reply.join(' ') || null },
  };
};

export function addMail(api: Api): void {
  const { context } = api;

  api.on(
    'get /api/mail',
    { summary: 'Own address, language and kinds of notices', roles: PEOPLE, answer: shape.ownMail },
    async ({ viewer }) => {
      if (!context.mail) return { on: false, address: null, pending: null, lang: 'en' as const, kinds: [...CHOSEN] };
      return { on: true, ...(await context.mail.recipients.own(userOf(viewer))) };
    },
  );
  api.on(
    'put /api/mail/choice',
    { summary: 'Choose language and kinds of notices', roles: PEOPLE, body: shape.mailChoice, answer: nothing },
    async ({ body, viewer }) => {
      await requireMail(context).recipients.choose(userOf(viewer), body);
      return {};
    },
  );
  api.on(
    'post /api/mail/address',
    {
      summary: 'Have a link sent to an address that should get the own notices; takes a log-in, no API token',
      roles: PEOPLE,
      body: shape.mailAddress,
      answer: nothing,
    },
    async ({ body, viewer, c }) => {
      const { recipients } = requireMail(context);
      await requireLogIn(context, c);
      await recipients.request(userOf(viewer), body.address, body.lang);
      return {};
    },
  );
  api.on(
    'delete /api/mail/address',
    { summary: 'Get no more notices; takes a log-in, no API token', roles: PEOPLE, answer: nothing },
    async ({ viewer, c }) => {
      const { recipients } = requireMail(context);
      await requireLogIn(context, c);
      await recipients.remove(userOf(viewer));
      return {};
    },
  );
  api.on(
    'post /api/mail/verify',
    {
      summary: 'Confirm an address by the link that it got',
      roles: EVERYBODY,
      body: shape.mailVerification,
      answer: nothing,
    },
    async ({ body }) => {
      await requireMail(context).recipients.verify(body.token);
      return {};
    },
  );
  api.on(
    'get /api/mail/outbox',
    { summary: 'The newest notices, without their texts', roles: ['office'], answer: z.array(shape.outboxNotice) },
    async () => (context.mail ? (await context.mail.outbox()).map(shown) : []),
  );
  api.on(
    'post /api/mail/invitations',
    {
      summary: 'Invite somebody by a one-time link that goes to an address',
      roles: ['office'],
      body: shape.mailedInvite,
      answer: shape.mailedInvitation,
    },
    async ({ body: { note, address: wanted, lang, ...what }, viewer }) => {
      const mail = requireMail(context);
      checkInvitation(context, what);
      const address = requireAddress(wanted);
      const invitation = await context.users.invite(viewer, {
        ...what,
        ...(note !== undefined && { note }),
      });
      const row =
        what.programme === null
          ? undefined
          : requireHosted(context, what.programme).programme.tables.all('programmes')[0];
      const programme = row ? { id: row.id, title: row.name } : null;
      try {
        await mail.sendInvitation(address, { invitation, programme, lang });
      } catch (error) {
        await context.users.withdraw(invitation.id); // nobody will get its link
        throw error;
      }
      return { id: invitation.id, address, expires: invitation.expires };
    },
  );
}
