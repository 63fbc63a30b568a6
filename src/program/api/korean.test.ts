// Errors over HTTP in Korean: what a form meets has Korean sentences beside the English ones, and programs find what they found before.

import { expect, test } from 'vitest';
import { TestServer, type Who } from './testing/api.ts';

const server = TestServer.forAll('beginFilled');

const ORGANISATION = { id: 'twin', name: { en: 'Twin' }, country: 'KR', roles: ['model'] };

test.each<[Who, string, string, object | undefined, string, string]>([
  ['public', 'get', '/metering/none', undefined, 'log-in', 'nobody has logged in'],
  ['expert', 'post', '/organisations', ORGANISATION, 'forbidden', 'this is not for the role expert'],
  ['office', 'get', '/stages/none', undefined, 'stage-unknown', 'there is no stage of this name'],
  [
    'office',
    'get',
    '/api/programmes/none',
    undefined,
    'programme-unknown',
    'this server has no programme of this name',
  ],
  ['office', 'post', '/organisations', { ...ORGANISATION, id: 'Not an id' }, 'request-shape', 'must be lower-case'],
  ['office', 'post', '/organisations', { ...ORGANISATION, more: 1 }, 'request-shape', 'Unrecognized key: "more"'],
  ['office', 'post', '/organisations', {}, 'request-shape', '; and '],
  [
    'office',
    'post',
    '/organisations',
    { ...ORGANISATION, country: 'Germny' },
    'request-shape',
    'is not a country of ISO 3166',
  ],
  ['office', 'post', '/stages/s1/decide', {}, 'stage-not-closed', 'a decision comes after its stage is closed'],
  ['office', 'post', '/stages/s1/finish', {}, 'decision-unknown', 'this stage is not decided'],
  ['office', 'get', '/api/nothing', undefined, 'not-found', 'the API has no such route'],
  ['consortium', 'post', '/stages/s1/appeals', { text: 'no' }, 'decision-unknown', 'this stage is not decided yet'],
])('%s %s %s', async (who, method, path, body, code, message) => {
  const { body: answer } = await server.ask(who, method, path, body);
  expect(answer.error).toMatchObject({ code, message: expect.stringContaining(message) });
  expect(Object.keys(answer.error).sort()).toEqual(['code', 'hint', 'input', 'ko', 'message']);
  for (const text of [answer.error.ko.message, answer.error.ko.hint]) expect(text).toMatch(/[가-힣].*(니다|십시오)/);
  for (const text of [answer.error.message, answer.error.hint]) expect(text).not.toMatch(/[가-힣]/);
});

test('a known id is refused in both languages, with the same thing named', async () => {
  expect(await server.status('office', 'post', '/organisations', ORGANISATION)).toBe(200);
  const { status, body } = await server.post('office', '/organisations', ORGANISATION);
  expect([status, body.error.code, body.error.input]).toEqual([409, 'organisation-exists', 'twin']);
  expect(body.error.message).toBe('there is an organisation of this name already');
  expect(body.error.ko).toEqual({
    message: '이미 쓰이고 있는 기관 식별자입니다.',
    hint: '다른 식별자를 쓰십시오.',
  });
});

test('a misspelled member is named with the one that was meant, in both languages', async () => {
  const { country, ...others } = ORGANISATION;
  const { body } = await server.post('office', '/organisations', { ...others, contry: country });
  expect(body.error).toMatchObject({ message: 'Unrecognized key: "contry"', hint: 'did you mean country?' });
  expect(body.error.ko.hint).toMatch(/country/);
});

test('how points are worked out is told in both languages, line by line', async () => {
  const { body } = await server.get('office', '/stages/s1/explain/a');
  expect(body.lines.length).toBeGreaterThan(5);
  expect(body.linesKo).toHaveLength(body.lines.length);
  for (const line of body.lines) expect(line).not.toMatch(/[가-힣]/);
  expect(body.linesKo.every((line: string) => /[가-힣]/.test(line) || /^ *[\w-]+ [\w-]+ = /.test(line))).toBe(true);
});
