// A stage is computed once for each state of the log, however many viewers request it, and the answer belongs to that state.

import { expect, test, vi } from 'vitest';
import { reportOf } from '../office/index.ts';
import { cached } from './cached-reports.ts';
import { TestServer } from './testing/api.ts';

const server = TestServer.forAll('beginFilled');

let times = 0;
const look = () => cached(server.programme, 's1', 'test', async () => ++times);
const entry = (id: string) =>
  server.office.say('organisation-added', { id, name: { en: id }, country: 'KR', roles: [] });
const report = async () => (await server.read('office', '/stages/s1')).report;
const worked = () => reportOf(server.programme, 's1').then((it) => JSON.parse(JSON.stringify(it)));

test('an open stage is computed once for each entry; a closed stage once for all entries that do not concern it', {
  timeout: 600_000,
}, async () => {
  expect(await Promise.all([look(), look(), look()])).toEqual([1, 1, 1]);
  await entry('x');
  expect([await look(), await look()]).toEqual([2, 2]);
  expect(await report()).toEqual(await worked());
  const figure = { consortium: 'a', part: 'blocks.given', value: 9, source: 'not recorded' };
  expect(await server.status('office', 'post', '/stages/s1/scores', figure)).toBe(200);
  expect(await report()).toEqual(await worked());

  await server.post('office', '/stages/s1/close', { anyway: true });
  expect(await look()).toBe(3);
  await entry('y');
  expect(await look()).toBe(3);
  expect(await report()).toEqual(await worked()); // with the head of the log as it is now
  await server.post('office', '/stages/s1/decide');
  expect(await look()).toBe(4);
  expect(await report()).toEqual(await worked());
  const appeal = await server.post('consortium', '/stages/s1/appeals', { text: 'why?' });
  expect(await report()).toEqual(await worked());
  const answer = { outcome: 'rejected', answer: 'therefore' };
  await server.post('office', `/stages/s1/appeals/${appeal.body.id}`, answer);
  expect(await report()).toEqual(await worked());
  expect(await look()).toBe(5);
  // A name that is mended after the close is shown, wherever it stood before.
  const right = { en: 'Azalea', ko: '진달래' };
  const mended = await server.post('office', '/names', {
    what: 'consortium',
    id: 'a',
    name: right,
  });
  expect(mended.status).toBe(200);
  expect((await report()).teams.find(({ id }: { id: string }) => id === 'a').name).toEqual(right);
  expect(await report()).toEqual(await worked());
});

test('a failed computation is tried again', async () => {
  let fails = true;
  const work = async () => {
    if (fails) throw new Error('no');
    return 'yes';
  };
  await expect(cached(server.programme, 's1', 'failing', work)).rejects.toThrow('no');
  fails = false;
  expect(await cached(server.programme, 's1', 'failing', work)).toBe('yes');
});

// The last: the clock of this process is ahead after it, by less than a second; files that follow in it must not wait for that.
test('after a computation the thread rests three times as long; requests that wait share the next result', async () => {
  const now = performance.now();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    vi.advanceTimersByTime(Math.ceil(now - performance.now())); // the false clock begins at 0
    let count = 0;
    const heavy = () =>
      cached(server.programme, 'heavy', 'test', async () => {
        vi.advanceTimersByTime(100);
        return ++count;
      });
    const first = heavy();
    await vi.runAllTimersAsync(); // whatever was worked out before has its rest
    expect(await first).toBe(1);
    await entry('z');
    const waiting = [heavy(), heavy()];
    vi.advanceTimersByTime(299);
    expect(count).toBe(1);
    vi.advanceTimersByTime(1);
    expect(await Promise.all(waiting)).toEqual([2, 2]);
  } finally {
    vi.useRealTimers();
  }
});
