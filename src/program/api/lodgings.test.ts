// Lodging over HTTP: who may lodge, what the register holds, and that a second request to the office is visible.

import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  madeFrom,
  Register,
  readLodgeable,
  type Signer,
  sha256Hex,
  signHead,
  signStatement,
} from '../../ledger/index.ts';
import { commitmentOf, genesisText, key, requestOf, requestText, sealText } from '../../ledger/testing/register.ts';
import { answerLodged } from '../office/lodging.ts';
import { byOffice } from '../office/testing/office.ts';
import { verifyLog } from '../programme/index.ts';
import { TestServer, type Who } from './testing/api.ts';

let server: TestServer;
let maker: Signer;
let rival: Signer;
beforeEach(async () => {
  server = await new TestServer().begin();
  [maker, rival] = [key(), key()];
  await server.office.say('consortium-key-named', { consortium: 'a', key: maker.fingerprint });
  await server.office.say('consortium-key-named', { consortium: 'b', key: rival.fingerprint });
});
afterEach(() => server.close());

const lodge = (who: Who, statement: string, genesis?: string) =>
  server.post(who, '/lodgings', { statement, ...(genesis === undefined ? {} : { genesis }) });
const register = async () => Register.read(await server.read('public', '/register'), 'it');

test('a run lodges its request, its heads and its seal; anybody reads the register', async () => {
  expect(await server.status('public', 'get', '/register')).toBe(404);
  const request = await lodge('consortium', requestText(maker, commitmentOf(maker, 'a')));
  expect(request).toMatchObject({ status: 200, body: { kind: 'request', fresh: true, entry: 1, answer: 1 } });
  const run = sha256Hex(request.body.lodging);
  for (const [i, step] of [10, 20].entries()) {
    const head = await lodge('consortium', signHead({ run, step, head: sha256Hex(`head ${step}`) }, maker));
    expect(head.body).toMatchObject({ kind: 'head', entry: i + 2, answer: 1 });
  }
  const genesis = genesisText(maker, commitmentOf(maker, 'a', run));
  const seal = await lodge('consortium', sealText(maker, genesis), genesis);
  expect(seal.body).toMatchObject({ kind: 'seal', entry: 4, answer: 1 });
  const found = await register();
  expect(found.office).toBe(server.office.signer.fingerprint);
  expect(found.head).toBe(seal.body.head);
  expect(found.entries.map(({ kind, subject, step }) => [kind, subject === run, step])).toEqual([
    ['request', false, null],
    ['head', true, 10],
    ['head', true, 20],
    ['seal', true, 20],
  ]);
  const { body } = await server.get('public', `/lodgings?maker=${maker.fingerprint}`);
  expect(body).toMatchObject({ office: found.office, head: found.head, entries: 4 });
  expect(body.runs).toMatchObject([
    { run, maker: maker.fingerprint, consortium: 'a', headCount: 2, request: { answer: 1 }, seals: [{ step: 20 }] },
  ]);
  expect(body.runs[0].heads.map(({ step }: { step: number }) => step)).toEqual([10, 20]);
  const others = await server.get('public', `/lodgings?maker=${rival.fingerprint}`);
  expect(others.body.runs).toEqual([]);
});

test('the same file gets the same answer; a second request and a second seal of a run are visible', async () => {
  const text = requestText(maker, commitmentOf(maker, 'a'));
  const first = await lodge('consortium', text);
  expect((await lodge('consortium', text)).body).toEqual({ ...first.body, fresh: false });
  const again = await lodge('consortium', requestText(maker, commitmentOf(maker, 'a'), '2026-02-02T03:04:05.678Z'));
  expect(again.body).toMatchObject({ fresh: true, entry: 2, answer: 2 });
  expect(again.body.lodging).not.toBe(first.body.lodging);
  const genesis = genesisText(maker, commitmentOf(maker, 'a', sha256Hex(first.body.lodging)));
  expect((await lodge('office', sealText(maker, genesis), genesis)).body.answer).toBe(1);
  const other = sealText(maker, genesis, sha256Hex('an invented loss'));
  expect((await lodge('office', other, genesis)).body.answer).toBe(2);
  expect((await register()).entries.map(({ answer }) => answer)).toEqual([1, 2, 1, 2]);
});

test('twenty requests at once are answered in turn', async () => {
  const texts = Array.from({ length: 20 }, (_, i) => requestText(maker, commitmentOf(maker, `run ${i % 10}`)));
  const answers = await Promise.all(texts.map((text) => lodge('consortium', text)));
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  const found = await register();
  expect(found.entries.map(({ entry }) => entry)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(found.entries.map(({ answer }) => answer).toSorted()).toEqual([...Array(10).fill(1), ...Array(10).fill(2)]);
});

test('answers for one maker are limited; earlier answers are returned', async () => {
  const office = byOffice(server.office.signer);
  const ask = (name: string, by = maker) =>
    answerLodged(server.programme, requestOf(by, name), office, { maxAnswers: 3 });
  for (const name of ['a', 'b', 'c']) expect((await ask(name)).fresh).toBe(true);
  await expect(ask('d')).rejects.toMatchObject({ code: 'lodgings-full' });
  expect((await ask('a', rival)).fresh).toBe(true);
  const head = readLodgeable(signHead({ run: sha256Hex('r'), step: 1, head: sha256Hex('h') }, rival), undefined, 'it');
  await answerLodged(server.programme, head, office, { maxAnswers: 3 });
  expect((await answerLodged(server.programme, head, office, { maxAnswers: 1 })).fresh).toBe(false);
});

test('the register is read again from the log, and the log verifies', async () => {
  await lodge('consortium', requestText(maker, commitmentOf(maker, 'a')));
  await lodge('consortium', requestText(maker, commitmentOf(maker, 'b')));
  const before = await register();
  await server.programme.close();
  await server.office.open();
  await server.open();
  expect((await register()).head).toBe(before.head);
  await lodge('consortium', requestText(maker, commitmentOf(maker, 'c')));
  expect((await register()).entries.slice(0, 2)).toEqual(before.entries);
  const found = await verifyLog(server.programme.store, () => {});
  expect([found.head, found.altered]).toEqual([server.programme.head, undefined]);
});

test('a line of another register, or out of order, is refused', async () => {
  await lodge('consortium', requestText(maker, commitmentOf(maker, 'a')));
  const own = (await server.read('public', '/register')).split('\n')[1];
  const other = Register.create(rival.publicKey);
  const asked = { kind: 'head', lodged: sha256Hex('x'), maker: maker.fingerprint, subject: sha256Hex('y') } as const;
  const foreign = other.next({ ...asked, head: sha256Hex('z'), step: 1 }, rival);
  const skipped = Register.create(server.office.signer.publicKey).next(
    { ...asked, head: sha256Hex('z'), step: 1 },
    server.office.signer,
  );
  for (const line of [foreign, `${own}\n`, skipped, 'no JSON\n', '{}\n', '']) {
    await expect(server.office.say('answer-registered', { line })).rejects.toMatchObject({ name: 'JikjiError' });
  }
  expect((await register()).entries).toHaveLength(1);
});

test('refuses lodgings in another team’s name, and files that cannot be lodged', async () => {
  const text = requestText(maker, commitmentOf(maker, 'a'));
  const answer = async (who: Who, statement: string, genesis?: string) => {
    const { status, body } = await lodge(who, statement, genesis);
    return [status, body.error?.code];
  };
  expect(await answer('rival', text)).toEqual([403, 'forbidden']);
  expect(await answer('public', text)).toEqual([401, 'log-in']);
  expect(await answer('expert', text)).toEqual([403, 'forbidden']);
  const genesis = genesisText(maker, commitmentOf(maker, 'a'));
  expect(await answer('consortium', sealText(maker, genesis))).toEqual([422, 'genesis-missing']);
  expect(await answer('consortium', genesis)).toEqual([422, 'not-lodgeable']);
  expect(await answer('consortium', 'x'.repeat(300_000))).toEqual([422, 'request-shape']);
  expect(await answer('consortium', text.replace('"sig":"M', '"sig":"N'))).toEqual([422, 'statement-broken']);
  const inVersion1 = signStatement(
    'request',
    madeFrom(commitmentOf(maker, 'a')),
    { formatVersion: 1, makerKey: maker.publicKey.toString('base64'), time: '2026-01-02T03:04:05.678Z' } as never,
    maker,
  );
  expect((await lodge('consortium', inVersion1)).body.error).toMatchObject({
    code: 'statement-broken',
    message: expect.stringContaining('a request of format version 1, which no release wrote and which is not read'),
    ko: { message: expect.stringContaining('형식 1판') },
  });
  expect(await server.status('public', 'get', '/register')).toBe(404);
});

test('the register page by page, to everybody: the same entries, and whether it had a head', async () => {
  const entries = '/api/programmes/test/register/entries';
  const headOf = (head: string) => server.read('public', `/register/heads/${head}`);
  expect(await server.read('public', entries)).toEqual({
    office: null,
    head: null,
    count: 0,
    entries: [],
  });
  expect(await headOf('0'.repeat(64))).toEqual({ entry: null, count: 0 });
  for (let i = 0; i < 7; i++)
    await lodge(
      'consortium',
      requestText(maker, commitmentOf(maker, `run ${i % 3}`), `2026-02-0${i + 1}T03:04:05.678Z`),
    );
  const whole = await register();
  const wanted = whole.entries.map(({ entry, answer, kind, time, maker, step, head, lodged, subject, link }) => ({
    ...{ entry, answer, kind, time, maker, consortium: 'a', step, head, lodged, subject, link },
  }));
  const found: unknown[] = [];
  for (let to = 7; to > 0; to -= 3) {
    const { body } = await server.get('public', `${entries}?to=${to}&count=3`);
    expect(body).toMatchObject({ office: whole.office, head: whole.head, count: 7 });
    found.unshift(...body.entries);
  }
  expect(found).toEqual(wanted);
  expect((await server.read('public', entries)).entries).toEqual(wanted);
  // Every head that it ever had, by its own lines.
  let begun = Register.create(server.office.signer.publicKey);
  expect(await headOf(begun.head)).toEqual({ entry: 0, count: 7 });
  const text: string = await server.read('public', '/register');
  const lines = text.split(/(?<=\n)/);
  for (let n = 1; n <= 7; n++) {
    begun = Register.read(lines.slice(0, n + 1).join(''), 'it');
    expect(await headOf(begun.head)).toEqual({ entry: n, count: 7 });
  }
  expect(await headOf('ab'.repeat(32))).toEqual({ entry: null, count: 7 });
  expect(await server.status('public', 'get', '/register/heads/x')).toBe(422);
});
