// Records of past programmes on a server: unrecorded values are not numbers, nothing new is accepted, and one programme id is served once.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { emptyDatabase } from '../database/testing/empty.ts';
import { ACTS } from '../office/index.ts';
import { byOffice } from '../office/testing/office.ts';
import { Programme } from '../programme/index.ts';
import { serve } from './server.ts';

const noKey = () => Promise.reject(new JikjiError('key-missing', 'no key', 'key', 'none in this test'));
const NAMES = ['one', 'two'];
let folder: string;
const where = (name: string) => ({ folder: join(folder, name) });
const served = (names: readonly string[]) =>
  serve({
    places: names.map((name) => ({ where: where(name), files: join(folder, `${name}.files`) })),
    office: { signer: noKey, signerAtHand: async () => undefined, newSigner: noKey },
    version: '1.2.3',
    host: '127.0.0.1',
    port: 0,
    orNext: false,
    threads: 1,
    onTrouble: (error) => {
      throw error;
    },
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-record-'));
  await emptyDatabase(join(folder, 'empty'));
  for (const name of NAMES) {
    await emptyDatabase(join(folder, name));
    const programme = await Programme.open(where(name));
    await ACTS.takeExample.run(programme, { example: 'korea-2025' }, byOffice(null, { signer: noKey }));
    await programme.close();
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('unrecorded or possibly incomplete members are not shown as a number', async () => {
  const server = await served(['one']);
  try {
    const base = `${server.url}/api/programmes/korea-2025`;
    const { consortia } = (await (await fetch(base)).json()) as { consortia: { id: string }[] };
    const of = (id: string) => consortia.find((one) => one.id === id);
    for (const id of ['naver-cloud', 'upstage', 'nc-ai'])
      expect(of(id)).toMatchObject({ members: null, othersUnknown: true });
    expect(of('lg-ai-research')).toMatchObject({ members: 3, othersUnknown: true });
    expect(await (await fetch(`${base}/consortia/lg-ai-research`)).json()).toMatchObject({ othersUnknown: true });
    const { stages } = (await (await fetch(`${base}/consortia/naver-cloud`)).json()) as { stages: object[] };
    expect(stages).toMatchObject([
      {
        outcome: 'out',
        reason: 'veto',
        findings: [{ component: 'encoder', ko: { text: expect.stringMatching(/인코더/) } }],
      },
    ]);
    // Whether the decision was final is not recorded, so nothing says that it was.
    const decision = `${server.url}/decisions/korea-2025/stage-1`;
    const said = await Promise.all(
      [
        base,
        `${base}/stages/stage-1`,
        `${base}/consortia/upstage`,
        `${decision}/data.json`,
        `${decision}/data.csv`,
      ].map(async (url) => (await fetch(url)).text()),
    );
    for (const text of said) {
      expect(text).not.toMatch(/"status":"final"|,final,/);
      expect(text).toMatch(/"status":"recorded"|,recorded,/);
    }
    const { report } = (await (await fetch(`${base}/stages/stage-1`)).json()) as { report: { teams: object[] } };
    expect(report.teams).toMatchObject([
      { id: 'sk-telecom', place: null },
      { id: 'lg-ai-research', place: 1 },
      { id: 'naver-cloud', place: null },
      { id: 'upstage', place: null },
      { id: 'nc-ai', place: 5, placeDerived: { ko: expect.any(String) } },
    ]);
  } finally {
    await server.close();
  }
});

test('two databases with one programme are not served together: the second could not be reached', async () => {
  const error = await served(NAMES).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: 'programme-exists', input: 'korea-2025' });
  for (const name of NAMES) expect((error as Error).message).toContain(join(folder, name));
  // Both are let go of.
  for (const name of NAMES) await (await served([name])).close();
});

test('beside a record no programme with its id can be created, and the record opens and closes no stage', async () => {
  const server = await served(['empty', 'one']);
  try {
    const post = (path: string, body: object, cookie = '') =>
      fetch(`${server.url}/api/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: server.url, cookie },
        body: JSON.stringify(body),
      });
    const token = server.first!.split('#')[1]!;
    const accepted = await post('invitations/accept', {
      token,
      user: 'lee',
      name: 'Lee',
      password: 'a long enough one',
    });
    const cookie = accepted.headers.get('set-cookie')!.split(';')[0]!;
    const refusals: [string, object, string][] = [
      ['programmes', { example: 'korea-2025' }, 'programme-exists'],
      ['programmes/korea-2025/stages', { id: 'stage-2', title: { en: 'Stage 2' } }, 'no-office-key'],
      ['programmes/korea-2025/stages/stage-1/close', {}, 'no-office-key'],
    ];
    for (const [path, body, code] of refusals) {
      const answer = await post(path, body, cookie);
      expect([path, answer.status, await answer.json()]).toEqual([
        path,
        409,
        { error: expect.objectContaining({ code, input: 'korea-2025' }) },
      ]);
    }
  } finally {
    await server.close();
  }
});
