// Addresses, logs that are followed, identities and log-ins under way, over PGlite and PostgreSQL: what several processes do at once is done once.

import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database, Store } from '../database/index.ts';
import { overDatabases } from '../database/testing/harness.ts';
import { ACTS } from '../office/index.ts';
import { BOOK, byOffice, Office } from '../office/testing/office.ts';
import { OpenId } from '../openid/index.ts';
import { beginProvider } from '../openid/testing/provider.ts';
import { Programme } from '../programme/index.ts';
import { Users } from '../users/index.ts';
import '../users/testing/quick-passwords.ts';
import { Mail } from './mail.ts';
import { type Arrived, MailServer } from './testing/mail-server.ts';
import { ORIGIN } from './testing/world.ts';

overDatabases('addresses and logs', (place) => {
  const office = new Office();
  const by = byOffice(office.signer);
  const clock = { now: Date.now() };
  let smtp: MailServer;
  /** Two processes; in a folder there can be only one. */
  let programmes: Programme[];
  let mails: Mail[];
  let users: Users;
  const mailOver = (store: Store) =>
    new Mail({ store, settings: smtp.settings(), origin: ORIGIN, now: () => new Date(clock.now) });
  beforeAll(async () => {
    smtp = await MailServer.begin();
    const first = await Programme.open(place.where);
    await ACTS.foundProgramme.run(first, { id: 'test', name: { en: 'Test' }, mode: 'practice' }, by);
    const say = (kind: string, data: object) => first.record('office:x', [{ kind, data: data as never }]);
    await say('organisation-added', { id: 'org', name: { en: 'Org' }, country: 'XX', roles: ['model'] });
    await say('consortium-formed', { id: 'a', name: { en: 'A' }, lead: 'org', members: [] });
    await ACTS.registerRuleBook.run(first, { text: BOOK, file: 'rules.yaml' }, by);
    programmes = place.name === 'PGlite' ? [first] : [first, await Programme.open(place.where)];
    mails = programmes.map(({ store }) => mailOver(store));
    users = await Users.open(first.store);
  });
  afterAll(async () => {
    for (const programme of programmes) await programme.close();
    await smtp.close();
    rmSync(office.folder, { recursive: true });
  });
  const ask = <T>(work: (database: Database) => Promise<T>) => programmes[0]!.store.users.ask(work);
  const rows = async (query: string) => (await ask(async (database) => database.execute(query))).rows;
  const tokenIn = ({ mail }: Arrived) => /#(\S+)/.exec(mail.text!)![1]!;
  const join2 = async (user: string, token: string) =>
    users.accept(token, { user, name: user, password: 'correct horse battery' }, '192.0.2.1');

  test('parallel requests for addresses are all counted; a link is taken once', async () => {
    const kim = await join2('kim', (await users.firstInvitation())!);
    const { token } = await users.invite(kim.viewer, { role: 'consortium', programme: 'test', consortium: 'a' });
    await join2('lee', token);
    const many = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) =>
        mails[i % mails.length]!.recipients.request('lee', `lee-${i}@people.example`, 'en'),
      ),
    );
    expect(many.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    for (const end of many)
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'too-many', retryAfter: 86_400 });
    await mails[0]!.sendDue();
    const links = smtp.arrived.splice(0).map(tokenIn);
    expect(links).toHaveLength(1); // the others were replaced before they went out
    const verified = await Promise.allSettled(
      [0, 1, 2].map((i) => mails[i % mails.length]!.recipients.verify(links[0]!)),
    );
    expect(verified.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const [{ token: kept }] = (await rows('select token from jikji.addresses')) as [{ token: unknown }];
    expect(kept).toBeNull();
  });

  test('a request and a confirmation at once do not wait for each other for ever', async () => {
    clock.now += 86_400_000;
    for (let i = 0; i < 4; i++) {
      await mails[0]!.recipients.request('lee', `next-${i}@people.example`, 'en');
      await mails[0]!.sendDue();
      const token = tokenIn(smtp.arrived.splice(0).at(-1)!);
      const ends = await Promise.allSettled([
        mails[0]!.recipients.verify(token),
        mails.at(-1)!.recipients.request('lee', `other-${i}@people.example`, 'en'),
      ]);
      for (const end of ends)
        if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'verification-unknown' });
      clock.now += 86_400_000;
    }
    await mails[0]!.sendDue();
    smtp.arrived.length = 0;
  });

  test('several processes follow a log: each entry is told once to each person', async () => {
    await ask((database) =>
      database.execute("update jikji.addresses set address = 'lee@people.example', pending = null"),
    );
    for (const [i, mail] of mails.entries()) await mail.follow(programmes[i]!, 'test');
    clock.now = Date.now();
    await ACTS.openStage.run(programmes[0]!, { id: 's1', title: { en: 'One' } }, by);
    for (const programme of programmes) await programme.refresh();
    const followed = Array.from({ length: 8 }, (_, i) =>
      mails[i % mails.length]!.follow(programmes[i % programmes.length]!, 'test'),
    );
    await Promise.all(followed);
    await Promise.all(mails.map((mail) => mail.sendDue()));
    expect(smtp.arrived.splice(0).map(({ to, mail }) => [to[0], mail.subject])).toEqual([
      ['lee@people.example', 'Stage opened: One'],
    ]);
    const cursors = await rows('select seq, link from jikji.mail_cursors');
    const { seq, link } = programmes[0]!.head;
    expect(cursors.map((row) => [Number(row.seq), row.link])).toEqual([[seq, link]]);
  });

  test('an identity is taken once, and a log-in is finished once', async () => {
    const provider = await beginProvider(`${ORIGIN}/openid`);
    try {
      const openids = programmes.map(
        ({ store }) => new OpenId(provider.settings, { tables: store.users, origin: ORIGIN }),
      );
      const { url, browser } = await openids[0]!.begin({ purpose: 'log-in' }, '127.0.0.1');
      const back = Object.fromEntries((await provider.visit(url, 'someone')).searchParams) as { state: string };
      const ends = await Promise.allSettled(
        [0, 1, 2, 3].map((i) => openids[i % openids.length]!.finish(back, browser)),
      );
      const done = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value.identity] : []));
      expect(done).toEqual([{ issuer: provider.issuer, subject: 'someone' }]);
      const identity = done[0]!;
      const links = await Promise.allSettled(['kim', 'lee'].map((user) => users.identities.link(user, identity)));
      expect(links.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const session = await users.identities.logIn(identity);
      expect(await users.viewer(session.token)).toEqual(session.viewer);
      expect(await rows('select * from jikji.openid_flows')).toEqual([]);
    } finally {
      await provider.close();
    }
  });

  test('log-ins under way are bounded: the oldest goes first', async () => {
    const far = new Date(Date.now() + 300_000).toISOString();
    await ask((database) =>
      database.execute(
        `insert into jikji.openid_flows select 'state ' || n, 'b', 'n', 'v', 'log-in', null, null, case n when 7 then '${new Date(Date.now() + 200_000).toISOString()}' else '${far}' end from generate_series(1, 10000) as n`,
      ),
    );
    const provider = await beginProvider(`${ORIGIN}/openid`);
    try {
      const openid = new OpenId(provider.settings, { tables: programmes[0]!.store.users, origin: ORIGIN });
      await openid.begin({ purpose: 'log-in' }, '127.0.0.1');
      const [{ n }] = (await rows('select count(*)::int as n from jikji.openid_flows')) as [{ n: number }];
      expect(n).toBe(10_000);
      expect(await rows(`select state from jikji.openid_flows where state = 'state 7'`)).toEqual([]);
    } finally {
      await provider.close();
    }
  });
});
