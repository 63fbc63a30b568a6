// Made-up answers of the search: by what is asked, as a server with few things would find them.

import type { SearchAnswer } from '../types.ts';

type Group = SearchAnswer['groups'][number];
type Hit = Group['hits'][number];

const hit = (id: string, en: string, more: Partial<Hit> = {}): Hit => ({
  ...{ programme: 'practice', id, title: { en }, about: [], act: null, of: id, page: null },
  ...more,
});
const group = (kind: Group['kind'], ...hits: Hit[]): Group => ({ kind, count: hits.length, hits });

const ALL: Group[] = [
  group(
    'page',
    hit('', 'Overview', { id: null, of: null, page: 'overview', title: { en: 'Overview', ko: '개요' } }),
    hit('', 'Event log', { id: null, of: null, page: 'log', title: { en: 'Event log', ko: '기록부' } }),
  ),
  group(
    'deed',
    hit('', '', {
      ...{ id: null, of: 'stage-2', page: 'stage', act: 'close', title: { en: 'Close the stage', ko: '단계 마감' } },
      about: [{ en: 'Second stage', ko: '둘째 단계' }],
    }),
  ),
  group(
    'stage',
    hit('stage-2', '', { title: { en: 'Second stage', ko: '둘째 단계' } }),
    hit('stage-1', '', { title: { en: 'First stage', ko: '첫 단계' } }),
  ),
  { ...group('consortium', hit('azalea', '', { title: { en: 'Azalea', ko: '진달래' } })), count: 41 },
  group(
    'submission',
    hit('azalea-1', '', {
      title: { en: 'Azalea', ko: '진달래' },
      about: [{ en: 'First stage', ko: '첫 단계' }],
    }),
  ),
  group('decision', hit('stage-1', '', { title: { en: 'First stage', ko: '첫 단계' } })),
  group('supplier', hit('northwind', '', { title: { en: 'Northwind', ko: '북풍' } })),
  group('run', hit('small-77aa21', 'small', { programme: null })),
];

/** All for "a"; an entry for a number; else what has the question in a title. */
export function searched(question: string): SearchAnswer {
  if (question === 'a') return { groups: ALL };
  if (/^#?\d+$/.test(question)) {
    const id = question.replace('#', '');
    return { groups: [group('entry', hit(id, 'stage-opened'))] };
  }
  const groups = ALL.map((one) => ({
    ...one,
    hits: one.hits.filter(({ title }) => Object.values(title).some((text) => text.toLowerCase().includes(question))),
  })).filter(({ hits }) => hits.length > 0);
  return { groups: groups.map((one) => ({ ...one, count: one.hits.length })) };
}
