// The page that writes rule books, in a real browser: form and text follow each other, nothing typed is lost. `npm run check:browser` runs it.

import type { Page } from 'playwright-core';
import { beforeEach, expect, test, vi } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { inBrowser } from './testing/in-browser.ts';
import type { MadeUp } from './testing/made-up-server.ts';

describeInBrowser('in a browser', () => {
  const here = inBrowser({ locale: 'ko-KR', width: 1280 });
  let server: MadeUp;
  let page: Page;
  beforeEach(async () => {
    ({ server, page } = here);
    await open();
  });

  const open = async () => {
    await page.goto(`${server.url}/p/practice/rule-books/new`);
    await page.waitForSelector('main h1:has-text("규정집 작성")');
  };
  const begin = async (from = 'template:research-grant') => {
    await page.locator('main select').first().selectOption(from);
    await page.getByRole('button', { name: '이 내용으로 시작' }).click();
    await page.waitForSelector('textarea');
  };
  const area = () => page.getByLabel('규정집 내용(YAML)');
  const text = () => area().inputValue();
  const kept = () => page.getByLabel('진출 팀 수');

  test('the form changes the text and keeps its comments; the text changes the form', async () => {
    await begin();
    const before = await text();
    expect(before).toContain('kept: CHOOSE');
    await page.waitForSelector('.at:has(label:text-is("진출 팀 수")) .problems:has-text("아직 정하지 않은 값")');
    await kept().fill('3');
    expect(await text()).toBe(before.replace('kept: CHOOSE', 'kept: 3'));
    await page.waitForSelector('text=등록을 막는 문제가 없습니다');
    await area().fill((await text()).replace('kept: 3', 'kept: 5'));
    await vi.waitFor(async () => expect(await kept().inputValue()).toBe('5'));
    // A field that is emptied has to be chosen again: no default takes its place.
    await kept().fill('');
    expect(await text()).toBe(before);
  });

  test('a text that cannot be read stops the form, and the sum of points is always told', async () => {
    await begin();
    await page.waitForSelector('.sum-bar:has-text("100 (기준 100)")');
    await page.getByLabel('배점', { exact: true }).first().fill('41.5');
    await page.waitForSelector('.sum-bar:has-text("101.5 (기준 100)")');
    const good = await text();
    await area().fill(`${good}\nbroken: [`);
    await page.waitForSelector('.notice:has-text("읽을 수 없습니다")');
    await expect.poll(() => kept().isDisabled()).toBe(true);
    expect(await text()).toContain('broken: [');
    await area().fill(good);
    await vi.waitFor(async () => expect(await kept().isDisabled()).toBe(false));
  });

  test('blocks, parts and sources: added, moved, given another source and back', async () => {
    await begin();
    await page.getByRole('button', { name: '부문 추가' }).click();
    expect(await text()).toContain('- id: block-1');
    await page.getByRole('button', { name: /위로.*block-1/ }).click();
    expect((await text()).indexOf('id: block-1')).toBeLessThan((await text()).indexOf('id: panel'));
    const block = page.locator('fieldset.rule-item', { has: page.locator('legend:text-is("부문 서면 평가")') });
    const written = await text();
    const source = block.getByLabel('점수의 출처').first();
    await source.selectOption({ label: '세부 항목의 합' });
    expect(await text()).toContain('parts:');
    expect(await text()).not.toContain('id: question');
    await source.selectOption({ label: '전문가 평가서' });
    // What was written of the forms comes back with them.
    expect(await text()).toContain('id: question');
    expect(written).toContain('id: question');
    await page.getByRole('button', { name: /삭제.*부문 block-1/ }).click();
    expect(await text()).not.toContain('block-1');
  });

  test('the draft survives a reload and errors, and is replaced only when somebody says so', async () => {
    await begin();
    await kept().fill('7');
    await open();
    expect(await text()).toContain('kept: 7');
    // Its check is over: what fails next is the check of what is written next.
    await page.waitForSelector('text=등록을 막는 문제가 없습니다');
    server.failures.set('POST /api/programmes/practice/rule-books/check', {
      ...{ status: 503, code: 'stopping', message: 'the server is being stopped', input: 'x', hint: 'ask again' },
    });
    await kept().fill('8');
    await page.waitForSelector('.notice.bad:has-text("오류 코드: stopping")');
    expect(await text()).toContain('kept: 8');
    server.failures.clear();
    await page.getByRole('button', { name: '다시 시도' }).click();
    await page.waitForSelector('text=등록을 막는 문제가 없습니다');

    await page.locator('main select').first().selectOption('template:korea-2026');
    await page.getByRole('button', { name: '이 내용으로 시작' }).click();
    await page.waitForSelector('dialog:has-text("되돌릴 수 없습니다")');
    await page.keyboard.press('Escape');
    expect(await text()).toContain('kept: 8');
    await page.getByRole('button', { name: '이 내용으로 시작' }).click();
    await page.getByRole('button', { name: '초안 바꾸기' }).click();
    await vi.waitFor(async () => expect(await text()).toContain('name: korea-2026'));
    await expect.poll(() => page.locator('dialog').count()).toBe(0);
  });

  test('a problem leads to its line', async () => {
    await begin();
    await page.locator('.book-text .problems button').first().click();
    const selected = await area().evaluate((one: HTMLTextAreaElement) =>
      one.value.slice(one.selectionStart, one.selectionEnd),
    );
    expect(selected).toBe('kept: CHOOSE');
  });

  test('the next version of a registered rule book', async () => {
    const option = page.locator('main select option', { hasText: '다음 판' });
    await begin((await option.first().getAttribute('value'))!);
    await vi.waitFor(async () => expect(await text()).toContain('version: 2'));
  });

  test('rehearses with what was assumed, shows the result with its errors, and can be stopped', async () => {
    await begin();
    await kept().fill('2');
    await page.waitForSelector('text=등록을 막는 문제가 없습니다');
    await page.getByLabel('팀 수', { exact: false }).last().fill('4');
    await page.getByLabel('한 팀이 독자성에서 탈락할 확률(%)').fill('5');
    server.hold = true;
    await page.getByRole('button', { name: '모의 평가 실행' }).click();
    await page.waitForSelector('progress');
    await page.getByRole('button', { name: '중지' }).click();
    await vi.waitFor(async () => expect(await page.locator('progress').count()).toBe(0));
    server.hold = false;
    await page.getByRole('button', { name: '모의 평가 실행' }).click();
    await page.waitForSelector('text=예측이 아닙니다');
    expect(JSON.parse(server.body)).toMatchObject({
      text: expect.stringContaining('kept: 2'),
      assumptions: { teams: 4, veto: 0.05, preference: 0.6, spread: 'moderate' },
    });
    await page.waitForSelector('tr:has-text("91.8%"):has-text("%p")');
    await page.waitForSelector('text=/1,000개를 요청했으나/');
    await kept().fill('3');
    await page.waitForSelector('text=이 결과는 이전 원문에 대한 것입니다');
  });

  test('registers after a confirmation, and keeps the draft if that fails', async () => {
    await begin();
    await expect.poll(() => page.getByRole('button', { name: '규정집 등록' }).count()).toBe(0);
    await kept().fill('2');
    server.failures.set('POST /api/programmes/practice/rule-books', {
      ...{ status: 409, code: 'no-office-key', message: 'there is no key', input: 'office', hint: 'make one' },
    });
    await page.getByRole('button', { name: '규정집 등록' }).click();
    await page.waitForSelector('dialog:has-text("바꾸거나 취소할 수 없습니다")');
    await page.getByRole('button', { name: '서명하고 등록' }).click();
    await page.waitForSelector('dialog .notice.bad');
    server.failures.clear();
    await page.getByRole('button', { name: '서명하고 등록' }).click();
    await page.waitForSelector('.notice.good:has-text("등록했습니다")');
    expect(JSON.parse(server.body).text).toContain('kept: 2');
    await open();
    await expect.poll(() => page.locator('textarea').count()).toBe(0);
  });

  test('others than the office see that it is not for them', async () => {
    server.role = 'expert';
    await open();
    await page.waitForSelector('text=전담기관만 작성합니다');
    await expect.poll(() => page.locator('main select').count()).toBe(0);
  });
});
