// The examples as logs: every entry is allowed at its position, and the rows are the published data.

import { expect, test } from 'vitest';
import { EXAMPLES, loadExample } from '../examples/index.ts';
import { State } from './index.ts';

const TIME = '2026-03-04T05:06:07.000Z';

function taken(name: (typeof EXAMPLES)[number]): State {
  const state = new State();
  loadExample(name, TIME).events.forEach((event, i) => {
    state.take({ ...event, seq: i + 1, link: '' });
  });
  return state;
}

test.each(EXAMPLES)('%s: every entry is allowed at its position', (name) => {
  const { tables } = taken(name);
  expect(tables.all('programmes')).toHaveLength(1);
  expect(tables.all('organisations').length).toBeGreaterThan(3);
});

test('korea-2025: which teams the call chose, which went out and why, and what is not recorded', () => {
  const { tables } = taken('korea-2025');
  const consortia = new Map(tables.all('consortia').map((row) => [row.id, row]));
  expect([...consortia.keys()].sort()).toEqual([
    'lg-ai-research',
    'motif',
    'naver-cloud',
    'nc-ai',
    'sk-telecom',
    'upstage',
  ]);
  expect(consortia.get('naver-cloud')).toMatchObject({ status: 'out: veto', members: 'not recorded' });
  expect(consortia.get('nc-ai')).toMatchObject({ status: 'out: points' });
  const lg = tables
    .all('enteredScores')
    .filter((row) => row.consortium === 'lg-ai-research' && /^blocks\.[a-z]+$/.test(String(row.part)));
  expect(lg.map(({ value }) => value).sort()).toEqual([25, 31.6, 33.6]);
});
