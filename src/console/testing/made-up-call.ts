// Made-up organisations, calls and applications. Their types are those of the API.

import type { ApplicationPage, CallPage, Calls, Me, Organisations, RuleBook } from '../types.ts';

const DAY = '2026-11-20T05:12:00.000Z';
const LATE = '2026-11-21T01:30:00.000Z';
const title = (en: string, ko: string) => ({ en, ko });

export const countries = ['KR', 'US', 'JP', 'DE', 'FR'];

export const organisations: Organisations = [
  {
    id: 'azalea-models',
    name: title('Azalea Models', '진달래 모델'),
    country: 'KR',
    roles: ['model', 'data'],
    consortia: [{ id: 'azalea', name: title('Azalea', '진달래') }],
  },
  {
    id: 'river-cloud',
    name: title('River Cloud', '강 클라우드'),
    country: 'KR',
    roles: ['cloud', 'data-center'],
    consortia: [
      { id: 'azalea', name: title('Azalea', '진달래') },
      { id: 'bellflower', name: title('Bellflower', '도라지') },
    ],
  },
  { id: 'pine-chips', name: title('Pine Chips', '소나무 반도체'), country: 'KR', roles: ['chip'], consortia: [] },
  {
    id: 'han-university-of-science-and-technology',
    name: title('Han University of Science and Technology', '한과학기술대학교 산학협력단'),
    country: 'KR',
    roles: ['university'],
    consortia: [],
  },
  { id: 'northwind', name: { en: 'Northwind Semiconductor' }, country: 'US', roles: ['chip'], consortia: [] },
  { id: 'unknown', name: { en: 'Somebody' }, country: 'not recorded', roles: [], consortia: [] },
];

export const selection: NonNullable<RuleBook['selection']> = {
  paper: {
    reviewers: 3,
    minimum: 60,
    criteria: [
      { id: 'plan', title: title('Plan and feasibility', '계획과 실현 가능성'), points: 40 },
      { id: 'team', title: title('Team', '인력'), points: 30 },
      { id: 'data', title: title('Data and compute', '데이터와 연산 자원'), points: 30 },
    ],
  },
};

export const calls: Calls = [
  {
    id: 'call-1',
    title: title('First call', '1차 공모'),
    status: 'closed',
    until: null,
    applications: { selected: 3, rejected: 5 },
  },
  {
    id: 'call-2',
    title: title('Call for the second phase', '2단계 공모'),
    status: 'open',
    until: '2026-11-20T09:00:00.000Z',
    applications: { received: 2, paper: 1, presentation: 2 },
  },
];

type Figures = CallPage['list'][number]['steps'][number]['figures'];
const figures = (given: number, mean: number | null): NonNullable<Figures> => ({
  ...{ given, reviewers: 3, mean, minimum: 60 },
  passes: given < 3 || mean === null ? null : mean >= 60,
});

type Row = CallPage['list'][number];
const row = (
  id: string,
  name: Row['name'],
  status: Row['status'],
  [paper, points, presentation = null]: [boolean | null, Figures, (boolean | null)?],
): Row => ({
  id,
  name,
  lead: { id: `${id}-models`, name: title(`${name.en} Models`, `${name.ko} 모델`) },
  members: 3,
  status,
  received: id === 'willow' ? LATE : DAY,
  late: id === 'willow',
  files: 2,
  steps: [
    { step: 'paper', passed: paper, figures: points },
    { step: 'presentation', passed: presentation, figures: null },
  ],
  consortium: null,
});

const LIST: Row[] = [
  row('maple', title('Maple', '단풍'), 'presentation', [true, figures(3, 81.333), true]),
  row('birch', title('Birch with a rather long name for a team', '이름이 꽤 긴 자작나무 컨소시엄'), 'presentation', [
    true,
    figures(3, 72.5),
    true,
  ]),
  row('cedar', title('Cedar', '삼나무'), 'paper', [true, figures(3, 58), null]),
  row('elm', title('Elm', '느릅나무'), 'received', [null, figures(2, 64.25)]),
  row('willow', title('Willow', '버들'), 'received', [null, figures(0, null)]),
];

const isIn = (role: Me['viewer']['role']) => role === 'office' || role === 'expert';
const shown = (role: Me['viewer']['role'], one: Row): Row => ({
  ...one,
  files: isIn(role) ? one.files : null,
  steps: one.steps.map((step) => ({ ...step, figures: role === 'office' ? step.figures : null })),
});

export const callPage = (role: Me['viewer']['role']): CallPage => ({
  ...calls[1]!,
  text: 'Teams of companies, universities and institutes may apply.\nThe plan has at most 20 pages.',
  ruleBook: { digest: 'a'.repeat(64), name: 'practice-call', version: 1, title: title('Selection', '선정 평가') },
  selection,
  list: LIST.map((one) => shown(role, one)),
  applicants: organisations.slice(0, 4),
  declared: role === 'expert' ? { organisations: [], applications: [] } : null,
});

export const emptyCall: CallPage = { ...callPage('office'), list: [] };

export function applicationPage(id: string, role: Me['viewer']['role']): ApplicationPage {
  const one = shown(role, LIST.find((row) => row.id === id) ?? LIST[3]!);
  const [paper, presentation] = one.steps;
  const review = (reviewer: string, own: boolean, plan: number) => ({
    ...{ reviewer, own, points: { plan, team: 21.5, data: 18 }, total: plan + 39.5 },
    comment: own ? 'The plan is sound;\nthe data are not described.' : null,
  });
  const reviews = {
    office: [review('kim', true, 28), review('이 심사위원', false, 25)],
    expert: [review('kim', true, 28)],
  };
  return {
    ...one,
    standing: role === 'expert' ? 'open' : null,
    call: { id: 'call-2', title: calls[1]!.title, status: 'open' },
    everybody: organisations.slice(0, 4),
    othersUnknown: false,
    files: isIn(role)
      ? [
          {
            name: '사업계획서_최종(진짜최종)_v3.pdf',
            bytes: 4_812_345,
            sha256: 'c'.repeat(64),
            added: DAY,
            late: false,
          },
          { name: `${'a-very-long-name-'.repeat(6)}.hwp`, bytes: 812, sha256: 'd'.repeat(64), added: LATE, late: true },
        ]
      : null,
    steps: [
      {
        ...paper!,
        note: null,
        rules: selection.paper!,
        reviews: role === 'office' || role === 'expert' ? reviews[role] : [],
        isNext: one.status === 'received',
      },
      { ...presentation!, note: null, rules: null, reviews: [], isNext: one.status === 'paper' },
    ],
  };
}
