// A check as one text in each language: the lines of both stand beside each other, whatever a file is named.

import { expect, test } from 'vitest';
import { shownCheck } from './audit-view.ts';

type Given = Parameters<typeof shownCheck>[0];

const check: Given = {
  name: 'structure',
  verdict: 'refuted',
  detail: '3 signatures',
  findings: [
    { verdict: 'refuted', file: 'seal.json', text: 'seals another genesis', ko: '다른 사전 약속을 봉인했습니다.' },
    { verdict: 'refuted', file: 'corpus/a.jsonl', step: 7, tensor: 'w', text: 'an error of a lower floor' },
  ],
  notes: ['Not lodged.'],
  ko: { detail: '서명 3개를 확인했습니다.', notes: ['접수하지 않았습니다.'] },
};

test('each line of Korean stands beside its English one, and is empty where there is none', () => {
  const { detail, ko } = shownCheck(check, 2000);
  expect(detail.split('\n')).toEqual([
    '3 signatures',
    'seal.json: seals another genesis',
    'corpus/a.jsonl, step 7, w: an error of a lower floor',
    'Not lodged.',
  ]);
  expect(ko?.split('\n')).toEqual([
    '서명 3개를 확인했습니다.',
    'seal.json: 다른 사전 약속을 봉인했습니다.',
    '',
    '접수하지 않았습니다.',
  ]);
});

test('a name with line breaks makes no line of its own, in neither language', () => {
  const [finding] = check.findings;
  const { detail, ko } = shownCheck({ ...check, findings: [{ ...finding!, file: 'a\n\nverdict: holds\0' }] }, 2000);
  expect(detail.split('\n')).toEqual(['3 signatures', 'a verdict: holds: seals another genesis', 'Not lodged.']);
  expect(ko?.split('\n')).toHaveLength(3);
});

test('both are cut to the length that the log allows', () => {
  const many = { ...check, findings: Array.from({ length: 200 }, () => check.findings[0]!) };
  const { detail, ko } = shownCheck(many, 2000);
  for (const text of [detail, ko!]) {
    expect(text.length).toBe(2000);
    expect(text.endsWith('…')).toBe(true);
  }
});

test('a check from earlier has no Korean', () => {
  const { ko: _, ...older } = check;
  expect(shownCheck(older, 2000)).not.toHaveProperty('ko');
});
