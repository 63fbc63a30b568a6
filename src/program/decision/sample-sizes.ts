// What was asked for the points of a part, in words, and where that is too little for chances that are true within 5 points.

import { type Both, count } from '../../base/index.ts';

/** Experts whose forms count; users and their judgements; items that stand for themselves (texts, where several share one) in the smallest task. */
export type SampleSize = { experts: number } | { users: number; judgements: number } | { items: number; tasks: number };

/** From these numbers on, what a report of a part alone says is true within 5 points: docs/statistics.md, "Few units". Judgements are those of each user. */
const LEAST = { experts: 5, users: 20, judgements: 10, items: 100 };

const s = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? '' : 's'}`;

export function sampleSizeInWords(asked: SampleSize): Both {
  if ('experts' in asked) return { en: s(asked.experts, 'expert'), ko: `전문가 ${count(asked.experts)}명` };
  if ('users' in asked)
    return {
      en: `${s(asked.users, 'user')}, ${s(asked.judgements, 'judgement')}`,
      ko: `사용자 ${count(asked.users)}명, 비교 ${count(asked.judgements)}회`,
    };
  const { items, tasks } = asked;
  return tasks === 1
    ? { en: s(items, 'independent item'), ko: `독립 문항 ${count(items)}개` }
    : {
        en: `${s(items, 'independent item')} in the smallest task`,
        ko: `가장 작은 과제의 독립 문항 ${count(items)}개`,
      };
}

const fewer = (name: Both, asked: Both, least: Both): Both => ({
  en: `${name.en}: ${asked.en}, fewer than ${least.en}. Stated chances may be off by more than 5 points.`,
  ko: `${name.ko}: ${asked.ko}(최소 ${least.ko}). 적힌 확률이 실제와 5%포인트 넘게 다를 수 있습니다.`,
});

/** A warning where a part named `name` asks too little; undefined where it asks enough. */
export function warnOfSmallSample(name: Both, asked: SampleSize): Both | undefined {
  const { experts, users, judgements, items } = LEAST;
  if ('experts' in asked)
    return asked.experts < experts
      ? fewer(name, sampleSizeInWords(asked), { en: `${experts}`, ko: `${experts}명` })
      : undefined;
  if ('items' in asked)
    return asked.items < items
      ? fewer(name, sampleSizeInWords(asked), { en: `${items}`, ko: `${items}개` })
      : undefined;
  return asked.users < users || asked.judgements < judgements * asked.users
    ? fewer(name, sampleSizeInWords(asked), {
        en: `${users} users with ${judgements} judgements each`,
        ko: `${users}명, 한 사람에 ${judgements}회`,
      })
    : undefined;
}
