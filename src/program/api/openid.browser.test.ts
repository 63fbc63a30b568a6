// The whole of a log-in by a provider in Chromium, with a real server, its pages and a real provider of another site: cookies that are kept from
// other sites are there when the browser comes back. `npm run check:browser` runs it.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { browserOfTests, describeInBrowser } from '../../page-kit/testing/in-browser.ts';
import { emptyDatabase } from '../database/testing/empty.ts';
import { beginProvider, type TestProvider } from '../openid/testing/provider.ts';
import { type Server, serve } from './server.ts';

const HOUSE = join(import.meta.dirname, '../../..');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

describeInBrowser('in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jikji-openid-browser-'));
  const here = browserOfTests();
  let provider: TestProvider;
  let server: Server;
  beforeAll(async () => {
    execFileSync(process.execPath, [join(HOUSE, 'scripts/build-console.mjs'), '--if-stale']);
    const port = await freePort();
    // The provider is at 127.0.0.1, which is another site than localhost.
    provider = await beginProvider(`http://localhost:${port}/openid`);
    const noKey = () => Promise.reject(new JikjiError('key-missing', 'no key', 'key', 'none in this test'));
    server = await serve({
      places: [{ where: { folder: await emptyDatabase(join(folder, 'database')) }, files: join(folder, 'files') }],
      office: { signer: noKey, signerAtHand: async () => undefined, newSigner: noKey },
      version: '0.0.0',
      host: 'localhost',
      port,
      orNext: false,
      pages: join(HOUSE, 'dist/console'),
      openid: provider.settings,
      onTrouble: (error) => {
        throw error;
      },
    });
  });
  afterAll(async () => {
    await server?.close();
    await provider?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Fills the provider's own pages. */
  async function atProvider(page: Page, person: string): Promise<void> {
    await page.waitForURL(`${provider.issuer}/**`);
    await page.locator('input[name=login]').fill(person);
    await page.locator('input[name=password]').fill('x');
    await page.locator('button[type=submit]').click();
    await page.locator('input[name=prompt][value=consent]').waitFor({ state: 'attached' });
    await page.locator('button[type=submit]').click();
  }

  test('an invitation is accepted, a log-out ends the session, a log-in begins another one', {
    timeout: 600_000,
  }, async () => {
    const context = await here.browser.newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(server.first!);
    await page.getByLabel('User name to log in with').fill('kim');
    await page.getByLabel('Your name').fill('Kim');
    await page.getByRole('button', { name: 'Accept with: Ministry log-in' }).click();
    await atProvider(page, 'kim-at-the-ministry');
    await page.waitForURL(`${server.url}/begin`);
    const own = page.locator('.own > button', { hasText: 'Kim' });
    await own.click();
    await page.getByRole('link', { name: 'Account' }).click();
    await page.getByText('Your only log-in').waitFor();
    await page.getByText('kim-at-the-ministry').waitFor();
    const sessionOf = async () => (await context.cookies(server.url)).find(({ name }) => name === 'jikji');
    const first = await sessionOf();
    expect(first).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    await own.click();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('link', { name: 'Log in' }).first().click();
    expect(await sessionOf()).toBeUndefined();
    await page.getByRole('button', { name: 'Ministry log-in' }).click();
    // The provider still knows him, and asks nothing.
    await page.waitForURL(`${server.url}/begin`);
    await own.waitFor();
    expect((await sessionOf())!.value).not.toBe(first!.value);
    expect((await context.cookies(`${server.url}/api/openid`)).map(({ name }) => name)).toEqual(['jikji']);
    await context.close();
  });

  test('somebody who was not invited is told so', async () => {
    const context = await here.browser.newContext({ locale: 'ko-KR' });
    const page = await context.newPage();
    await page.goto(`${server.url}/log-in`);
    await page.getByRole('button', { name: '부처 로그인' }).click();
    await atProvider(page, 'a-stranger');
    await page.getByText('이 서버에 등록되지 않은 계정입니다.').waitFor();
    expect(page.url()).toBe(`${server.url}/openid`);
    await context.close();
  });
});
