// Runs over HTTP: their list and curves, and events that continue after the last one seen, without a gap or a repetition.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lines } from '../../ledger/testing/transcript.ts';
import { Home } from '../runs/testing/home.ts';
import { ORIGIN, TestServer } from './testing/api.ts';

const home = new Home();
const server = TestServer.forAll();

interface Sent {
  event: string;
  id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: data of many kinds
  data: any;
}

/** Reads events of a run until `enough`, then hangs up. */
async function events(path: string, last: string | undefined, enough: (all: Sent[]) => boolean): Promise<Sent[]> {
  const cookie = `jikji=${server.sessions.get('office')!.token}`;
  const response = await server.application.app.request(`${ORIGIN}${path}`, {
    headers: { host: 'localhost:1377', cookie, ...(last !== undefined && { 'last-event-id': last }) },
  });
  expect(response.headers.get('content-type')).toMatch(/event-stream/);
  const all: Sent[] = [];
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; !enough(all); ) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      if (field('event')) all.push({ event: field('event')!, id: field('id'), data: JSON.parse(field('data')!) });
    }
  }
  await reader.cancel();
  return all;
}

const steps = (all: Sent[]): number[] => all.flatMap(({ event, data }) => (event === 'points' ? data.step : []));
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('a reader that reconnects continues after its last event', async () => {
  const folder = home.run('cut', 40);
  const { body: list } = await server.get('office', '/api/runs');
  const { id } = list.find(({ name }: { name: string }) => name === 'cut');
  const path = `/api/runs/${id}/events`;
  const first = await events(path, undefined, (all) => steps(all).length >= 40);
  expect(steps(first)).toEqual(range(1, 40));
  const last = first.findLast((one) => one.id !== undefined)!.id;
  expect(last).toBe('40');

  // The run continues without listeners.
  const more = [...lines(90)];
  appendFileSync(join(folder, 'transcript.jsonl'), more.slice(40, 70).join(''));
  const second = await events(path, last, (all) => steps(all).length >= 30);
  expect(steps(second)).toEqual(range(41, 70));
  // And with a listener.
  const listening = events(path, '70', (all) => steps(all).length >= 20);
  appendFileSync(join(folder, 'transcript.jsonl'), more.slice(70).join(''));
  expect(steps(await listening)).toEqual(range(71, 90));

  const { body: curve } = await server.get('office', `/api/runs/${id}/curve?from=10&to=20&points=100`);
  expect(curve).toMatchObject({ first: 10, last: 20, every: 1, step: range(10, 20) });
});

test('the stream sends numbers of new entries, not their data', async () => {
  const from = server.programme.head.seq;
  const listening = events(`/api/programmes/test/events?after=${from}`, undefined, (all) => all.length >= 1);
  await server.office.say('organisation-added', { id: 'new', name: { en: 'New' }, country: 'KR', roles: [] });
  expect(await listening).toEqual([{ event: 'entries', id: String(from + 1), data: { from: from + 1, to: from + 1 } }]);
});

test('an unknown run, and a folder without a model', async () => {
  for (const path of ['', '/curve', '/evidence', '/model', '/events']) {
    const { status, body } = await server.get('office', `/api/runs/none${path}`);
    expect([path, status, body?.error.code]).toEqual([path, 404, 'run-unknown']);
  }
  home.run('no-model', 3);
  // The list is at most a second old.
  await expect.poll(async () => (await server.read('office', '/api/runs')).length).toBe(2);
  const { body: list } = await server.get('office', '/api/runs');
  const { id } = list.find(({ name }: { name: string }) => name === 'no-model');
  const card = await server.get('office', `/api/runs/${id}/model`);
  expect(card.refusal).toEqual([404, 'model-missing']);
});
