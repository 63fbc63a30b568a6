// Which texts of a page in Korean are English of its own, and which are names, code or marked.

import { expect, test } from 'vitest';
import { browserOfTests, describeInBrowser } from '../../page-kit/testing/in-browser.ts';
import { englishIn } from './english.ts';

describeInBrowser('a page in Korean', () => {
  const now = browserOfTests();
  const foundIn = async (body: string): Promise<string[]> => {
    const page = await now.browser.newPage();
    await page.setContent(`<html lang="ko"><title>직지</title><body>${body}</body></html>`);
    const found = await englishIn(page);
    await page.close();
    return found;
  };

  test.each([
    '<p>the archive ends too early</p>',
    '<p>파일을 읽지 못했습니다: the archive ends early</p>',
    '<p>Running</p>',
    '<p>상태: running</p>',
    '<p>심사단 upheld</p>',
    '<p>decided, not final</p>',
    '<button aria-label="Close">×</button>',
    '<input placeholder="Write a reason here">',
    '<img alt="curve of the loss">',
    '<p title="Loss of the run">손실</p>',
    '<p lang="en"><span lang="ko">Refused</span></p>',
  ])('has English: %s', async (body) => {
    expect(await foundIn(body)).toHaveLength(1);
  });

  test.each([
    '<p>Northwind NW-100 80GB</p>',
    '<p>진달래, azalea-1, kim@ministry.example, data/*.txt, office.json, https://home.example/runs/data</p>',
    '<p>“jikji audit --sign run of mine”이 만든 파일, ‘running’ 항목</p>',
    '<p>어텐션(attention), MLP 유닛, JSON, CSV</p>',
    '<p>상태: <code>running</code> <kbd>Enter</kbd></p>',
    '<p lang="en">the archive ends too early</p>',
    '<p><span lang="en" title="the archive ends too early">Running</span></p>',
    '<textarea>the archive ends too early</textarea>',
  ])('has none: %s', async (body) => {
    expect(await foundIn(body)).toEqual([]);
  });
});
