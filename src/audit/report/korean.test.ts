// The Korean page says in Korean what checks found; what has English only is marked as English, and nothing from outside becomes a tag.

import { expect, test } from 'vitest';
import type { Audit } from '../types.ts';
import { reportHtml } from './page.ts';
import { auditOf } from './testing/audits.ts';

/** An audit whose check `replay` has Korean for all but its last finding. */
function withKorean(korean: string): Audit {
  const audit = auditOf({ verdict: 'refuted', lodged: true, claimed: true });
  audit.detection.ko = { reason: `추첨 ${korean}` };
  const check = audit.checks.find(({ name }) => name === 'replay')!;
  check.notes = ['an English note'];
  check.findings = [
    { verdict: 'refuted', file: 'a', text: 'an English finding', ko: `내용 ${korean}` },
    { verdict: 'refuted', file: 'b', text: 'an error of a lower floor' },
  ];
  check.detail = 'an English detail';
  check.ko = { detail: `근거 ${korean}`, notes: [`참고 ${korean}`] };
  return audit;
}

test('detail, finding, note and draw are Korean, and an error that has none is marked', () => {
  const page = reportHtml(withKorean('문장입니다.'), 'ko');
  for (const what of ['추첨', '내용', '근거', '참고']) expect(page).toContain(`<bdi>${what} 문장입니다.</bdi>`);
  for (const what of ['note', 'finding', 'detail']) expect(page).not.toContain(`an English ${what}`);
  expect(page).toContain('<bdi lang="en">an error of a lower floor</bdi>');
  expect(page).not.toContain('영어');
});

test('the English page has nothing of it', () => {
  const page = reportHtml(withKorean('문장입니다.'), 'en');
  expect(page).not.toContain('문장입니다.');
  for (const what of ['note', 'finding', 'detail']) expect(page).toContain(`<bdi lang="en">an English ${what}</bdi>`);
});

test('an audit from earlier has English only, and the Korean page marks it', () => {
  const audit = withKorean('문장입니다.');
  for (const check of audit.checks) delete check.ko;
  for (const finding of audit.checks.flatMap(({ findings }) => findings)) delete finding.ko;
  const page = reportHtml(audit, 'ko');
  for (const what of ['note', 'finding', 'detail']) expect(page).toContain(`<bdi lang="en">an English ${what}</bdi>`);
});

test('Korean from a stored result is a text like any other', () => {
  const page = reportHtml(withKorean('<img src=x onerror=alert(1)>\u202e'), 'ko');
  expect(page).not.toMatch(/<img|\u202e/);
});
