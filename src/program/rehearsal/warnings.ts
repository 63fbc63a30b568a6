// What a rehearsal warns of: parts whose certainty a report could not say, or would overstate.

import { type Both, count } from '../../base/index.ts';
import type { RuleBook } from '../rules/index.ts';
import type { Assumptions } from './assumptions.ts';
import { leavesOf } from './plan.ts';

const fewer = (name: Both, en: string, ko: string): Both => ({
  en: `${name.en}: ${en}. Chances that a report states would be off by more than 5 points.`,
  ko: `${name.ko}: ${ko}. 보고서의 확률이 실제와 5점 넘게 다를 수 있습니다.`,
});

const WARNINGS = {
  experts: (name: Both, experts: number, least: number) =>
    fewer(name, `${count(experts)} experts, fewer than ${least}`, `전문가 ${count(experts)}명(최소 ${least}명)`),
  items: (name: Both, items: number, least: number) =>
    fewer(name, `${count(items)} items, fewer than ${least}`, `문항 ${count(items)}개(최소 ${least}개)`),
  users: (name: Both, is: { users: number; votes: number }, least: { users: number; votes: number }) =>
    fewer(
      name,
      `${count(is.users)} users with ${is.votes} judgements each, fewer than ${least.users} with ${least.votes}`,
      `사용자 ${count(is.users)}명, 한 사람에 비교 ${is.votes}회(최소 ${least.users}명, ${least.votes}회)`,
    ),
  noError: (name: Both): Both => ({
    en: `${name.en}: the rule book states no error of figures from elsewhere. Where they could change the order, a report states no chances.`,
    ko: `${name.ko}: 외부에서 온 수치의 오차가 규정집에 없습니다. 이 수치로 순서가 바뀔 수 있으면 보고서에 확률을 적지 않습니다.`,
  }),
};

/** From these numbers on, what a report of a part alone says is true within 5 points: docs/statistics.md, "Few units". Votes are those of each user. */
const LEAST = { experts: 5, users: 20, votes: 10, items: 100 };

/** Parts of which too little would be asked, or nothing stated, for a report to say how certain they are. */
export function warningsOf(book: RuleBook, { items, judgementsPerPair, qualities }: Assumptions): Both[] {
  const pairs = (qualities.length * (qualities.length - 1)) / 2;
  return leavesOf(book).flatMap(({ title, source }): Both[] => {
    const name = { en: title.en, ko: title.ko ?? title.en };
    if (source.kind === 'entered') return source.error === undefined ? [WARNINGS.noError(name)] : [];
    if (source.kind === 'forms')
      return source.experts < LEAST.experts ? [WARNINGS.experts(name, source.experts, LEAST.experts)] : [];
    if (source.kind === 'tasks') return items < LEAST.items ? [WARNINGS.items(name, items, LEAST.items)] : [];
    const votes = Math.floor((10 * judgementsPerPair * pairs) / source.users) / 10;
    return source.users < LEAST.users || votes < LEAST.votes
      ? [WARNINGS.users(name, { users: source.users, votes }, LEAST)]
      : [];
  });
}
