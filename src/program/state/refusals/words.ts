// Korean for names that stand in refusals: things of a programme, their states, the reviews. Words only; a name that is not here stays as it is.

import { formatFor, TERMS, wordFor } from '../../../page-kit/text/index.ts';

const THINGS: Record<string, string> = {
  allotment: '배정',
  appeal: '이의 신청',
  application: '신청',
  call: '공모',
  comparison: '가중치 비교',
  consortium: '컨소시엄',
  decision: '결정',
  evaluation: '평가',
  finding: '판정',
  form: '평가서',
  judgement: '사용자 비교',
  lodging: '접수',
  organisation: '기관',
  programme: '사업',
  'rule-book': '규정집',
  score: '점수',
  stage: '단계',
  submission: '제출물',
};

const STATES: Record<string, string> = {
  open: '진행 중',
  closed: '마감',
  decided: '결정됨(확정 전)',
  final: '결정 완료',
  active: '참여 중',
  'out: veto': '탈락(독자성)',
  'out: points': '탈락(점수)',
  'out: withdrawn': '참여 철회',
  received: '접수',
  audited: '검증 완료',
  refused: '반려',
  paper: '서면평가 통과',
  presentation: '발표평가 통과',
  rejected: '탈락',
  selected: '선정',
};

const SIGNED: Record<string, string> = {
  'rule book': '규정집',
  log: '기록부',
  decision: '결정문',
  'metered usage': '계측한 사용량',
};

export const thing = (name: string): string => wordFor(THINGS, name);
export const state = (name: string): string => wordFor(STATES, name.startsWith('refused') ? 'refused' : name);
export const review = (step: string): string => wordFor({ paper: '서면평가', presentation: '발표평가' }, step);
export const signed = (what: string): string => wordFor(SIGNED, what);
/** A component of a model, by its name in a rule book. */
export const component = (name: string): string => wordFor(TERMS.ko.components, name);
const PARTIES = { consortium: '컨소시엄', auditor: '검증 담당자' };
/** Who audits: `office`, `consortium:ID` or `auditor:NAME`. */
export function party(by: string): string {
  if (by === 'office') return '전담기관';
  for (const [kind, word] of Object.entries(PARTIES))
    if (by.startsWith(`${kind}:`)) return `${word} ${by.slice(kind.length + 1)}`;
  return by;
}
/** A moment in Korea's time. */
export function moment(iso: string): string {
  const date = formatFor('ko').date(iso);
  return date ? `${date.text}(한국 시각)` : iso;
}
