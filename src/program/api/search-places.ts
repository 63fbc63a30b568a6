// Pages of the console and deeds that a viewer may do now, as things to search for: with the words of both languages, so that either finds them.

import { partsOf, type Title } from '../rules/index.ts';
import type { Thing } from '../search/index.ts';
import { bookOf, isFinal, isRecord, type Row, statusOf, type Tables } from '../state/index.ts';
import type { Role, Viewer } from '../users/index.ts';
import { offersTo } from './offers.ts';
import { EVERYBODY, PEOPLE } from './route.ts';

interface Place {
  /** As the console's router names it. */
  page: string;
  title: Title;
  roles: readonly Role[];
  /** Not in the record of a programme that was held elsewhere. */
  own?: true;
  words?: readonly string[];
}

const OFFICE: readonly Role[] = ['office'];

/** Pages of the server. */
const SERVER_PAGES: readonly Place[] = [
  { page: 'runs', title: { en: 'Runs', ko: '학습 기록' }, roles: OFFICE },
  { page: 'people', title: { en: 'People', ko: '사용자' }, roles: OFFICE, words: ['users', 'invite', '초대'] },
  { page: 'account', title: { en: 'Account', ko: '내 계정' }, roles: PEOPLE, words: ['password', '비밀번호', 'token'] },
  { page: 'logIn', title: { en: 'Log in', ko: '로그인' }, roles: ['public'] },
];

/** Pages of a programme. */
const PAGES: readonly Place[] = [
  { page: 'overview', title: { en: 'Overview', ko: '개요' }, roles: EVERYBODY, words: ['stages', '단계'] },
  { page: 'call', title: { en: 'Call', ko: '공모' }, roles: EVERYBODY, words: ['applications', '신청'] },
  { page: 'organisations', title: { en: 'Organisations', ko: '기관' }, roles: EVERYBODY },
  { page: 'compute', title: { en: 'Compute', ko: '컴퓨팅 자원' }, roles: EVERYBODY, words: ['chips', '칩'] },
  {
    page: 'reliance',
    title: { en: 'Self-reliance', ko: '자립도' },
    roles: EVERYBODY,
    words: ['value chain', '가치사슬'],
  },
  { page: 'ruleBooks', title: { en: 'Rule books', ko: '규정집' }, roles: EVERYBODY },
  { page: 'log', title: { en: 'Event log', ko: '기록부' }, roles: EVERYBODY },
  { page: 'register', title: { en: 'Register of the office', ko: '기관 접수 대장' }, roles: EVERYBODY },
  { page: 'access', title: { en: 'Who saw sealed things', ko: '비공개 자료 열람 기록' }, roles: ['office', 'auditor'] },
  { page: 'backup', title: { en: 'Backup', ko: '백업' }, roles: OFFICE },
  { page: 'catalogue', title: { en: 'Catalogue', ko: '가치사슬 목록' }, roles: EVERYBODY },
  { page: 'allotments', title: { en: 'Allotments', ko: '칩시간 배정' }, roles: EVERYBODY },
  { page: 'metering', title: { en: 'Metering', ko: '사용량 계측' }, roles: OFFICE, own: true },
  { page: 'newRuleBook', title: { en: 'Write a rule book', ko: '규정집 작성' }, roles: OFFICE, own: true },
];

/** Deeds by the form that `?act=` opens. */
const DEEDS = {
  submit: { en: 'Submit a model', ko: '모델 제출' },
  form: { en: 'Your form', ko: '내 평가서' },
  judge: { en: 'Compare two answers', ko: '두 답 비교하기' },
  score: { en: 'Enter a figure', ko: '수치 입력' },
  finding: { en: 'Sign a finding', ko: '판정 서명' },
  close: { en: 'Close the stage', ko: '단계 마감' },
  decide: { en: 'Decide', ko: '결정' },
  finish: { en: 'Make it final', ko: '확정' },
  appeal: { en: 'File an appeal', ko: '이의 신청' },
  answer: { en: 'Answer an appeal', ko: '이의 신청 답변' },
  dates: { en: 'Set dates', ko: '일정 지정' },
  assign: { en: 'Assign an expert', ko: '전문가 배정' },
  open: { en: 'Open a stage', ko: '단계 시작' },
  announce: { en: 'Announce a stage', ko: '단계 예고' },
  organisation: { en: 'Add an organisation', ko: '기관 등록' },
  key: { en: 'Name the key', ko: '키 지정' },
} as const satisfies Record<string, Title>;
type Deed = keyof typeof DEEDS;

/** What the console's words say of these pages and deeds: tests hold both together. */
export const LABELS = { pages: [...SERVER_PAGES, ...PAGES], deeds: DEEDS };

const pageThing = ({ page, title, words = [] }: Place, programme: Title | null, id: string | null): Thing => ({
  ...{ kind: 'page', programme: id, id: null, title, about: programme ? [programme] : [] },
  ...{ act: null, of: null, page, words },
});

export const serverPages = ({ role }: Viewer): Thing[] =>
  SERVER_PAGES.filter(({ roles }) => roles.includes(role)).map((place) => pageThing(place, null, null));

/** The pages of a programme, and what the viewer may do there now. `viewer`: with the role in the programme. */
export function placesIn(viewer: Viewer, tables: Tables): Thing[] {
  const [programme] = tables.all('programmes');
  if (!programme) return [];
  const record = isRecord(tables);
  const pages = PAGES.filter(({ roles, own }) => roles.includes(viewer.role) && !(own && record)).map((place) =>
    pageThing(place, programme.name, programme.id),
  );
  const deed = (act: Deed, page: string, on?: { id: string; title: Title }): Thing => ({
    ...{ kind: 'deed', programme: programme.id, id: null, title: DEEDS[act], about: [on?.title ?? programme.name] },
    ...{ act, of: on?.id ?? null, page, words: [act] },
  });
  if (record) return pages;
  const stages = tables.all('stages').reverse();
  return [
    ...pages,
    ...stages.flatMap((stage) => deedsInStage(viewer, tables, stage).map((act) => deed(act, 'stage', stage))),
    ...(viewer.role === 'office' ? officeDeeds(tables).map(([act, page]) => deed(act, page)) : []),
    ...teamDeeds(viewer, tables).map(({ id, name }) => deed('key', 'consortium', { id, title: name })),
  ];
}

function deedsInStage(viewer: Viewer, tables: Tables, stage: Row<'stages'>): Deed[] {
  const status = statusOf(tables, stage.id);
  const sources = partsOf(bookOf(tables, stage.ruleBook)).map(({ source }) => source.kind);
  const offers = offersTo(viewer, tables, stage).filter((act) => act !== 'score' || sources.includes('entered'));
  if (viewer.role !== 'office' || isFinal(tables, stage.id)) return offers;
  return [...offers, 'dates', ...(status === 'open' && sources.includes('forms') ? (['assign'] as const) : [])];
}

function officeDeeds(tables: Tables): [act: Deed, page: string][] {
  const allFinal = tables.all('stages').every(({ id }) => isFinal(tables, id));
  return [
    ['organisation', 'organisations'],
    ['announce', 'overview'],
    ...(allFinal ? [['open', 'overview'] satisfies [Deed, string]] : []),
  ];
}

/** The consortium of the viewer, where it has a key to name. */
function teamDeeds({ role, consortium }: Viewer, tables: Tables): Row<'consortia'>[] {
  const own = role === 'consortium' && consortium !== null ? tables.get('consortia', consortium) : undefined;
  return own?.status === 'active' ? [own] : [];
}
