// What pages of the console and deeds are called, in both languages: on pages and buttons, and where the search finds them.

import type { Lang } from './format.ts';

/** Pages that the navigation names. */
export const NAV_TITLES = {
  overview: { en: 'Overview', ko: '개요' },
  call: { en: 'Call', ko: '공모' },
  organisations: { en: 'Organisations', ko: '기관' },
  ruleBooks: { en: 'Rule books', ko: '규정집' },
  log: { en: 'Event log', ko: '기록부' },
  compute: { en: 'Compute', ko: '컴퓨팅 자원' },
  reliance: { en: 'Self-reliance', ko: '국내 비중' },
  plan: { en: 'Plan', ko: '학습 계획' },
  runs: { en: 'Runs', ko: '학습 기록' },
  people: { en: 'People', ko: '사용자' },
  account: { en: 'Account', ko: '내 계정' },
  logIn: { en: 'Log in', ko: '로그인' },
};

/** Other pages. */
export const PAGE_TITLES = {
  register: { en: 'Register of the office', ko: '기관 접수 대장' },
  access: { en: 'Who saw sealed things', ko: '비공개 자료 열람 기록' },
  backup: { en: 'Backup', ko: '백업' },
  catalogue: { en: 'Catalogue', ko: '가치사슬 목록' },
  allotments: { en: 'Allotments', ko: '칩시간 배정' },
  metering: { en: 'Metering', ko: '사용량 계측' },
  newRuleBook: { en: 'Write a rule book', ko: '규정집 작성' },
};

/** Deeds by the form that `?act=` opens. */
export const DEED_TITLES = {
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
};

/** The titles of the navigation in one language. */
export const navTitles = (lang: Lang) =>
  Object.fromEntries(Object.entries(NAV_TITLES).map(([page, title]) => [page, title[lang]])) as Record<
    keyof typeof NAV_TITLES,
    string
  >;
