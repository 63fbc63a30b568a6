// Errors on Korean pages, in a real browser: what the server refuses stands there in Korean, and no English sentence with it.
import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { typedInput } from './state/sentence.ts';
import { englishIn } from './testing/english.ts';
import { inBrowser } from './testing/in-browser.ts';
import type { MadeUp } from './testing/made-up-server.ts';
import { WORDS } from './testing/words.ts';

type Refused = Record<'code' | 'message' | 'input' | 'hint', string> & { ko: Record<'message' | 'hint', string> };

/** As the server answers. That it does is tested in src/program. */
const LOG_IN_WRONG: Refused = {
  code: 'log-in-wrong',
  message: 'user or password is wrong',
  input: 'log-in',
  hint: 'check both; the office can help',
  ko: {
    message: '아이디나 비밀번호가 맞지 않습니다.',
    hint: '둘 다 확인하십시오. 전담기관에 도움을 청할 수 있습니다.',
  },
};
const PASSWORD_COMMON: Refused = {
  code: 'password-common',
  message: 'many people use this password, and attackers try it first',
  input: 'password',
  hint: 'choose another one, for example of several words',
  ko: {
    message: '많은 사람이 쓰는 비밀번호여서 공격자가 먼저 시도합니다.',
    hint: '여러 낱말을 이은 비밀번호처럼 다른 것을 고르십시오.',
  },
};
const NO_HOURS: Refused = {
  code: 'allotments-broken',
  message: '"=1+1" is not a number of hours',
  input: 'row 1, hours',
  hint: 'write digits, with a point before decimals and no other signs: 12000.5',
  ko: {
    message: '시간 수가 아닙니다: "=1+1"',
    hint: '쉼표 없이 숫자만 쓰고, 소수점은 마침표로 쓰십시오. 예: 12000.5',
  },
};
const NOT_PUBLIC: Refused = {
  code: 'not-public',
  message: 'this is not public, or not yet',
  input: 's1',
  hint: 'the rule book states when it becomes public',
  ko: { message: '공개되지 않았거나 아직 공개할 때가 아닌 내용입니다.', hint: '언제 공개하는지는 규정집에 있습니다.' },
};
const FORBIDDEN: Refused = {
  code: 'forbidden',
  message: 'this is not for the role expert',
  input: 'kim',
  hint: 'it is for: office',
  ko: {
    message: '이 작업을 할 권한이 없습니다. 지금 역할: 전문가',
    hint: '다음 역할만 할 수 있습니다: 전담기관',
  },
};

const ORGANISATIONS = '**/api/programmes/practice/organisations';

describeInBrowser('in a Korean browser', () => {
  const here = inBrowser({ locale: 'ko-KR' });
  let server: MadeUp;
  let page: Page;
  beforeEach(() => {
    ({ server, page } = here);
  });

  const { open } = here;
  const refuse = (what: string, error: Refused, status = 422) => server.failures.set(what, { status, ...error });
  const alert = () => page.locator('main [role=alert]').first();
  /** The alert has both Korean sentences and the input, and nothing in English stands there, marked or not. */
  const expectKorean = async ({ message, input, hint, ko }: Refused) => {
    const alert = page.locator('[role=alert]').first();
    await alert.waitFor();
    const text = (await alert.textContent())!;
    for (const part of [ko.message, ko.hint, typedInput(input, WORDS.ko.common)]) expect(text).toContain(part);
    if (typedInput(input, WORDS.ko.common) === '') expect(text).not.toContain(input); // a word of the server's own
    for (const part of [message, hint]) expect(text).not.toContain(part);
    await expect.poll(() => alert.locator('[lang=en]').count()).toBe(0);
    expect(await englishIn(page)).toEqual([]);
  };

  test('a wrong password, at the log-in', async () => {
    server.role = 'public';
    const error = LOG_IN_WRONG;
    refuse('POST /api/log-in', error, 401);
    await open('/log-in');
    await page.getByLabel('아이디').fill('kim');
    await page.getByLabel('비밀번호').fill('wrong');
    await page.locator('main form button.primary').first().click();
    await expectKorean(error);
  });

  test('a password that is too common', async () => {
    const error = PASSWORD_COMMON;
    await open('/reset#secret-of-the-link');
    await page.waitForSelector('form');
    refuse('POST /api/resets/use', error);
    await page.getByLabel('새 비밀번호').fill('password1234');
    await page.click('button:has-text("비밀번호 정하기")');
    await expectKorean(error);
  });

  test('a cell of a table of allotments', async () => {
    const error = NO_HOURS;
    await open('/p/practice/allotments');
    refuse('POST /api/programmes/practice/allotments/check', error);
    await page
      .getByLabel('표 파일(CSV)에서 가져오기')
      .setInputFiles({ name: 't.csv', mimeType: 'text/csv', buffer: Buffer.from('=1+1') });
    await expectKorean(error);
  });

  test.each([
    ['/p/practice/organisations', 'GET /api/programmes/practice/organisations', NOT_PUBLIC],
    ['/p/practice/compute', 'GET /api/programmes/practice/compute', NOT_PUBLIC],
    ['/people', 'GET /api/users', FORBIDDEN],
  ] as const)('what a page cannot load: %s', async (path, asked, error) => {
    refuse(asked, error, 403);
    await open(path);
    await expectKorean(error);
  });

  test('why a submission was refused is Korean; what an older result keeps in English is marked', async () => {
    await open('/p/practice/consortia/azalea');
    const reason = page.locator('td small:has(code:text("too-many-steps"))');
    await expect.poll(() => reason.textContent()).toContain('레시피의 스텝 수 9000회가 규정집의 한도를 넘습니다.');
    expect(await reason.textContent()).not.toContain('the recipe asks');
    expect(await reason.locator('[lang=en]').count()).toBe(0);
    server.role = 'auditor';
    await open('/p/practice/log');
    const altered = page.locator('.notice.bad [lang=en]');
    await expect.poll(() => altered.textContent()).toBe('entry 41 has another link');
    expect(await englishIn(page)).toEqual([]);
  });

  test('what the server has in English only, and this page has no word for', async () => {
    const error = { code: 'of-tomorrow', message: 'the moon is not full', input: 'azalea', hint: 'wait for a night' };
    await page.route(ORGANISATIONS, (route) => route.fulfill({ status: 422, json: { error } }));
    await here.open('/p/practice/organisations');
    await expect.poll(() => alert().textContent()).toContain('오류 코드: of-tomorrow');
    expect(await alert().textContent()).not.toContain('moon');
    expect(await englishIn(page)).toEqual([]);
  });

  const HTML = {
    contentType: 'text/html',
    body: '<html><h1>502 Bad Gateway</h1><p>The proxy got no answer.</p></html>',
  };
  test.each([
    ['an error of the server without JSON', { status: 500, ...HTML }, '서버의 응답을 읽을 수 없습니다.'],
    ['a page of a proxy', { status: 502, ...HTML }, '서버가 응답하지 않습니다.'],
    ['a proxy that waited too long', { status: 504, ...HTML }, '서버가 응답하지 않습니다.'],
    ['a page of a proxy in place of JSON', { status: 200, ...HTML }, '서버의 응답을 읽을 수 없습니다.'],
    ['too many requests', { status: 429, contentType: 'text/plain', body: 'Too Many Requests' }, '429'],
  ])('%s', async (_, answer, expected) => {
    await page.route(ORGANISATIONS, (route) => route.fulfill(answer));
    await here.open('/p/practice/organisations');
    await expect.poll(() => alert().textContent()).toContain(expected);
    expect(await englishIn(page)).toEqual([]);
    expect(await alert().textContent()).not.toMatch(/Bad Gateway|SyntaxError|Unexpected|Too Many/);
  });

  test('a network that breaks off', async () => {
    await page.route(ORGANISATIONS, (route) => route.abort('internetdisconnected'));
    await here.open('/p/practice/organisations');
    await expect.poll(() => alert().textContent()).toContain('서버가 응답하지 않습니다.');
    expect(await englishIn(page)).toEqual([]);
  });
});
