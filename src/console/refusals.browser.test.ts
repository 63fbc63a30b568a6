// Errors on Korean pages, in a real browser: what the server refuses stands there in Korean, and no English sentence with it.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JikjiError } from '../base/index.ts';
import { forbidden } from '../program/api/refusals/requests.ts';
import { notPublic } from '../program/office/refusals/acts.ts';
import { noHours } from '../program/office/refusals/allotment-table.ts';
import { periodBackwards } from '../program/state/refusals/compute.ts';
import { exists } from '../program/state/refusals/things.ts';
import { logInWrong, passwordCommon } from '../program/users/refusals.ts';
import { englishIn } from './testing/english.ts';
import { type MadeUp, madeUp } from './testing/made-up-server.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

describe.skipIf(!existsSync(CHROMIUM))('in a Korean browser', () => {
  let browser: Browser;
  let server: MadeUp;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/build-console.mjs'), '--if-stale']);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    server = await madeUp();
    context = await browser.newContext({ locale: 'ko-KR', viewport: { width: 1200, height: 900 } });
    page = await context.newPage();
  });
  afterEach(async () => {
    await context.close();
    await server.close().catch(() => {});
  });

  const open = async (path: string) => {
    await page.goto(`${server.url}${path}`);
    await page.waitForSelector('main h1');
  };
  const refuse = (what: string, error: JikjiError, status = 422) =>
    server.failures.set(what, { status, ...error.failure });
  /** The alert has both Korean sentences and the input, and nothing in English stands there, marked or not. */
  const expectKorean = async ({ message, input, hint, ko }: JikjiError) => {
    const alert = page.locator('[role=alert]').first();
    await alert.waitFor();
    const text = (await alert.textContent())!;
    for (const part of [ko!.message, ko!.hint, input]) expect(text).toContain(part);
    for (const part of [message, hint]) expect(text).not.toContain(part);
    expect(await alert.locator('[lang=en]').count()).toBe(0);
    expect(await englishIn(page)).toEqual([]);
  };

  test('a wrong password, at the log-in', async () => {
    server.role = 'public';
    const error = logInWrong('log-in');
    refuse('POST /api/log-in', error, 401);
    await open('/log-in');
    await page.getByLabel('사용자 이름').fill('kim');
    await page.getByLabel('비밀번호').fill('wrong');
    await page.locator('main form button.primary').first().click();
    await expectKorean(error);
  });

  test('a password that is too common', async () => {
    const error = passwordCommon('password');
    await open('/reset#secret-of-the-link');
    await page.waitForSelector('form');
    refuse('POST /api/resets/use', error);
    await page.getByLabel('새 비밀번호').fill('password1234');
    await page.click('button:has-text("비밀번호 정하기")');
    await expectKorean(error);
  });

  test('a cell of a table of allotments', async () => {
    const error = noHours('row 1, hours', '"=1+1"');
    await open('/p/practice/allotments');
    refuse('POST /api/programmes/practice/allotments/check', error);
    await page
      .getByLabel('표 파일(CSV)에서 가져오기')
      .setInputFiles({ name: 't.csv', mimeType: 'text/csv', buffer: Buffer.from('=1+1') });
    await expectKorean(error);
  });

  test.each([
    ['/p/practice/organisations', 'GET /api/programmes/practice/organisations', exists('organisation')('azalea'), 409],
    [
      '/p/practice/compute',
      'GET /api/programmes/practice/compute',
      periodBackwards('q1', '2026-01-01', '2026-02-01'),
      422,
    ],
    ['/p/practice/log', 'GET /api/programmes/practice/log', notPublic('s1'), 403],
    ['/people', 'GET /api/users', forbidden('kim', 'expert', ['office']), 403],
  ] as const)('what a page cannot load: %s', async (path, asked, error, status) => {
    refuse(asked, error, status);
    await open(path);
    await expectKorean(error);
  });
});
