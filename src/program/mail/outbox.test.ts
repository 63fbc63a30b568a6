// The outbox over PGlite and PostgreSQL: what is sent once, what is tried again and when, and what happens when a process is killed while it sends.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type Store } from '../database/index.ts';
import { openTested, overStores } from '../database/testing/harness.ts';
import { Mail } from './mail.ts';
import { TAKE_OVER_MS } from './smtp.ts';
import { MailServer, reply } from './testing/mail-server.ts';
import { ORIGIN, World } from './testing/world.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const CHILD = fileURLToPath(new URL('./testing/child.ts', import.meta.url));
overStores('the outbox', (tested, place) => {
  const world = new World(tested);
  let server: MailServer;
  beforeEach(async () => {
    await world.clear();
    await world.people({ id: 'kim' });
  });
  afterEach(() => server.close());

  const begin = async (...args: Parameters<typeof MailServer.begin>) => {
    server = await MailServer.begin(...args);
    return world.mail(server.settings());
  };
  /** Notices about what is due, each of its own text. */
  const write = (mail: Mail, count = 1, until?: Date) =>
    mail.remind(() =>
      Array.from({ length: count }, (_, i) => ({
        user: 'kim',
        programme: { id: 'test', title: { en: 'Test' } },
        text: { en: `form ${i}`, ko: `평가서 ${i}` },
        ...(until && { until }),
      })),
    );
  const mailOver = (store: Store) =>
    new Mail({ store, settings: server.settings(), origin: ORIGIN, now: () => new Date(world.clock.now) });
  const ids = () => server.arrived.map(({ mail }) => mail.messageId);

  test('a notice is sent once, however often the outbox is looked at; its text is gone then', async () => {
    const mail = await begin();
    await write(mail);
    const [{ message_id: id, body }] = (await world.sql('select * from jikji.outbox')) as [Record<string, string>];
    expect(body).toContain('form 0');
    expect(await mail.sendDue()).toEqual({ sent: 1, rests: false });
    world.clock.now += 30 * DAY;
    expect(await mail.sendDue()).toEqual({ sent: 0, rests: false });
    expect(ids()).toEqual([id]);
    expect(await world.outbox()).toMatchObject([
      { status: 'sent', attempts: 1, error: null, address: 'kim@people.example' },
    ]);
    expect(await world.sql('select subject, body from jikji.outbox')).toEqual([{ subject: null, body: null }]);
  });

  test('the same thing is told once', async () => {
    const mail = await begin();
    for (let i = 0; i < 3; i++) await write(mail, 2);
    expect(await mail.sendDue()).toMatchObject({ sent: 2 });
  });

  test('thousands are told at once', async () => {
    const mail = await begin();
    await write(mail, 6000);
    const [{ n }] = (await world.sql('select count(*)::int as n from jikji.outbox')) as [{ n: number }];
    expect(n).toBe(6000);
  });

  test('a recipient who is refused is not tried again, and the others get theirs', async () => {
    await world.people({ id: 'lee' });
    const mail = await begin({
      onRcptTo: ({ address }, _, done) => done(address.startsWith('kim') ? reply(550, '5.1.1 no') : null),
    });
    await mail.remind(() =>
      ['kim', 'lee'].map((user) => ({
        user,
        programme: { id: 'test', title: { en: 'T' } },
        text: { en: 'x', ko: 'x' },
      })),
    );
    expect(await mail.sendDue()).toMatchObject({ sent: 1 });
    world.clock.now += 30 * DAY;
    expect(await mail.sendDue()).toMatchObject({ sent: 0 });
    expect(await world.outbox()).toMatchObject([
      { userId: 'kim', status: 'failed', attempts: 1, error: 'refused 550 5.1.1' },
      { userId: 'lee', status: 'sent' },
    ]);
  });

  test('after a temporary failure the pauses grow, and in the end it has failed', async () => {
    let attempts = 0;
    const mail = await begin({
      onRcptTo: (_, __, done) => {
        attempts++;
        done(reply(451));
      },
    });
    await write(mail);
    const pauses: number[] = [];
    for (let last = world.clock.now; ; ) {
      expect(await mail.sendDue()).toMatchObject({ sent: 0 });
      const [row] = await world.outbox();
      if (row!.status === 'failed') break;
      expect(row).toMatchObject({ status: 'waiting', error: 'postponed 451', attempts });
      pauses.push((row!.dueAt.getTime() - last) / MINUTE);
      // Not before it is due.
      world.clock.now = row!.dueAt.getTime() - 1;
      await mail.sendDue();
      expect((await world.outbox())[0]!.attempts).toBe(attempts);
      last = world.clock.now += 1;
    }
    expect(pauses).toEqual([1, 5, 15, 60, 240, 720, 1440]);
    expect(attempts).toBe(8);
    expect(await world.outbox()).toMatchObject([{ status: 'failed', error: 'postponed 451' }]);
  });

  test('while the mail server is away one notice is tried, and all of them arrive when it is back', async () => {
    const mail = await begin();
    await write(mail, 3);
    const settings = server.settings();
    await server.close();
    expect(await world.mail(settings).sendDue()).toEqual({ sent: 0, rests: true });
    expect((await world.outbox()).map(({ attempts }) => attempts)).toEqual([1, 0, 0]);
    const back = await begin();
    world.clock.now += MINUTE;
    expect(await back.sendDue()).toEqual({ sent: 3, rests: false });
    expect(new Set(ids()).size).toBe(3);
  });

  test('a connection that breaks after the whole message: once more with the same Message-ID, never a third time', async () => {
    // The server has the message, and hangs up without an answer.
    const { rawServer } = await import('./testing/mail-server.ts');
    const seen: string[] = [];
    const raw = await rawServer((socket) => {
      let text = '';
      let isText = false;
      socket.write('220 hello\r\n');
      socket.on('data', (bytes) => {
        text += bytes;
        if (isText) {
          if (!text.endsWith('\r\n.\r\n')) return;
          seen.push(/^Message-ID: (.*)\r$/m.exec(text)![1]!);
          return void socket.destroy();
        }
        isText = text.endsWith('\r\nDATA\r\n');
        socket.write(isText ? '354 go\r\n' : '250 ok\r\n');
      });
    });
    const mail = await begin();
    await write(mail);
    const broken = world.mail(server.settings({ port: raw.port }));
    for (let i = 0; i < 5; i++) {
      await broken.sendDue();
      world.clock.now += DAY;
    }
    await raw.close();
    expect(seen).toHaveLength(2);
    expect(new Set(seen).size).toBe(1);
    expect(await world.outbox()).toMatchObject([{ status: 'failed', error: 'uncertain', attempts: 2 }]);
  });

  test('nothing is sent after its time, to a blocked user, to an address or for a kind that was given up, or for a role that changed', async () => {
    const gone: [change: string, error: string][] = [
      ['select 1', 'expired'],
      [`update jikji.users set blocked = true`, 'withdrawn'],
      [`update jikji.addresses set address = 'other@people.example'`, 'withdrawn'],
      [`update jikji.addresses set address = null`, 'withdrawn'],
      [`update jikji.addresses set kinds = '["stages"]'`, 'withdrawn'],
      [`update jikji.users set role = 'consortium', consortium = 'b'`, 'withdrawn'],
      [`update jikji.users set programme = 'elsewhere'`, 'withdrawn'],
    ];
    const mail = await begin();
    for (const [change, error] of gone) {
      await world.clear();
      await world.people({ id: 'kim' });
      await write(mail, 1, error === 'expired' ? new Date(world.clock.now) : undefined);
      await world.sql(change);
      expect(await mail.sendDue(), change).toMatchObject({ sent: 0 });
      expect(await world.outbox(), change).toMatchObject([{ status: 'failed', error }]);
    }
    expect(server.arrived).toEqual([]);
  });

  test('an accepted notice whose record fails meanwhile is recorded when the database is back, and not sent again', async () => {
    const mail = await begin({
      // The database is away when the server accepts.
      onMessage: () => world.sql('alter table jikji.outbox rename to outbox_away').then(() => undefined),
    });
    await write(mail);
    const sending = mail.sendDue();
    await server.next();
    await world.sql('alter table jikji.outbox_away rename to outbox');
    expect(await sending).toMatchObject({ sent: 1 });
    world.clock.now += DAY;
    expect(await mail.sendDue()).toMatchObject({ sent: 0 });
    expect(server.arrived).toHaveLength(1);
  });

  test('a notice whose check fails, as the database is away, waits and is sent later', async () => {
    const mail = await begin();
    await write(mail);
    await world.sql('alter table jikji.addresses rename to away');
    await expect(mail.sendDue()).rejects.toThrow();
    expect(await world.outbox()).toMatchObject([{ status: 'waiting', attempts: 1 }]);
    await world.sql('alter table jikji.away rename to addresses');
    world.clock.now += MINUTE;
    expect(await mail.sendDue()).toMatchObject({ sent: 1 });
  });

  test('a notice whose end this process could not write down is not lost to it', async () => {
    const mail = await begin();
    await write(mail);
    await world.store.outbox.take(new Date(world.clock.now), TAKE_OVER_MS);
    world.clock.now += TAKE_OVER_MS - 1;
    expect(await mail.sendDue()).toMatchObject({ sent: 0 });
    world.clock.now += 1;
    expect(await mail.sendDue()).toMatchObject({ sent: 1 });
    expect(await world.outbox()).toMatchObject([{ status: 'sent', attempts: 2, interrupted: 1 }]);
  });

  /** Writes a notice; processes send it at these times after now, and each is killed when the server has it, before it can note that. */
  const killedWhileSending = async (...after: number[]) => {
    let child: ChildProcess | undefined;
    // It is stopped before the answer is sent: the server accepts, and nobody can write it down.
    await write(await begin({ onMessage: () => void child?.kill('SIGSTOP') }));
    await world.store.close();
    for (const more of after) {
      const now = world.clock.now + more;
      const input = { where: place.where, settings: server.settings(), origin: ORIGIN, now };
      const arrives = server.next();
      child = spawn(process.execPath, ['--no-warnings', CHILD, JSON.stringify(input)], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      await arrives;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      child = undefined;
    }
    Object.assign(tested, await openTested(place.where));
    return world.mail(server.settings());
  };

  test('kill -9 between the acceptance and its record: sent once more with the same Message-ID, and never a third time', {
    timeout: 600_000,
  }, async () => {
    const after = await killedWhileSending(0, TAKE_OVER_MS);
    const clock = world.clock.now;
    // Another process leaves it alone as long as the dead one could still be sending.
    world.clock.now = clock + 2 * TAKE_OVER_MS - 1;
    await after.sendDue();
    expect(await world.outbox()).toMatchObject([{ status: 'sending', attempts: 2, interrupted: 1 }]);
    world.clock.now = clock + 2 * TAKE_OVER_MS;
    for (;;) {
      await after.sendDue();
      if ((await world.outbox())[0]!.status !== 'sending') break;
      await turn(); // PostgreSQL has not noticed yet that the process is dead
    }
    expect(await world.outbox()).toMatchObject([{ status: 'failed', error: 'uncertain', attempts: 2 }]);
    expect(ids()).toHaveLength(2);
    expect(new Set(ids()).size).toBe(1);
    world.clock.now += 30 * DAY;
    expect(await after.sendDue()).toMatchObject({ sent: 0 });
  });

  test('kill -9, and the second attempt goes well: twice at most, the same message to the byte', {
    timeout: 600_000,
  }, async () => {
    const after = await killedWhileSending(0);
    world.clock.now += TAKE_OVER_MS;
    while ((await after.sendDue()).sent === 0) await turn();
    const [first, second] = server.arrived;
    expect(second!.raw).toBe(first!.raw);
    expect(server.arrived).toHaveLength(2);
    expect(await world.outbox()).toMatchObject([{ status: 'sent', attempts: 2, interrupted: 1 }]);
  });

  test('notices that ended are forgotten after their time', async () => {
    const mail = await begin();
    await write(mail);
    await mail.sendDue();
    await world.store.outbox.forget(new Date(world.clock.now - 1));
    expect(await world.outbox()).toHaveLength(1);
    await world.store.outbox.forget(new Date(world.clock.now));
    expect(await world.outbox()).toEqual([]);
  });

  test.skipIf(place.name === 'PGlite')('several processes at once: each notice is sent once', async () => {
    const mail = await begin();
    await write(mail, 60);
    const others = await Promise.all([1, 2, 3].map(() => openStore(place.where)));
    try {
      const all = [world.store, ...others].map(mailOver);
      const sent = await Promise.all(all.map((one) => one.sendDue()));
      expect(sent.reduce((sum, one) => sum + one.sent, 0)).toBe(60);
      expect(server.arrived).toHaveLength(60);
      expect(new Set(ids()).size).toBe(60);
      // Each of them had a part, or this proves nothing.
      expect(sent.filter((one) => one.sent > 0).length).toBeGreaterThan(1);
    } finally {
      for (const store of others) await store.close();
    }
  });

  test.skipIf(place.name === 'PGlite')('a process that is alive keeps its notice, however long it takes', async () => {
    let accept = (): void => {};
    const mail = await begin({
      onMessage: () =>
        new Promise((resolve) => {
          accept = () => resolve(undefined);
          hold.resolve();
        }),
    });
    const hold = Promise.withResolvers<void>();
    await write(mail);
    const sending = mail.sendDue();
    await hold.promise;
    const other = await openStore(place.where);
    world.clock.now += DAY;
    expect(await mailOver(other).sendDue()).toMatchObject({ sent: 0 });
    accept();
    expect(await sending).toMatchObject({ sent: 1 });
    expect(server.arrived).toHaveLength(1);
    await other.close();
  });
});
