// What a rehearsal warns of: parts whose certainty a report could not say, or would overstate.

import type { Both } from '../../base/index.ts';
import { type SampleSize, warnOfSmallSample } from '../decision/index.ts';
import type { RuleBook } from '../rules/index.ts';
import type { Assumptions } from './assumptions.ts';
import { leavesOf } from './plan.ts';

const noError = (name: Both): Both => ({
  en: `${name.en}: the rule book states no error of figures from elsewhere. Where they could change the order, a report states no chances.`,
  ko: `${name.ko}: 외부에서 온 수치의 오차가 규정집에 없습니다. 이 수치로 순서가 바뀔 수 있으면 보고서에 확률을 적지 않습니다.`,
});

/** Parts of which too little would be asked, or nothing stated, for a report to say how certain they are. */
export function warningsOf(book: RuleBook, { items, judgementsPerPair, qualities }: Assumptions): Both[] {
  const pairs = (qualities.length * (qualities.length - 1)) / 2;
  return leavesOf(book).flatMap(({ title, source }): Both[] => {
    const name = { en: title.en, ko: title.ko ?? title.en };
    if (source.kind === 'entered') return source.error === undefined ? [noError(name)] : [];
    const asked: SampleSize =
      source.kind === 'forms'
        ? { experts: source.experts }
        : source.kind === 'tasks'
          ? { items, tasks: source.tasks.length }
          : { users: source.users, judgements: judgementsPerPair * pairs };
    return [warnOfSmallSample(name, asked)].flatMap((warning) => warning ?? []);
  });
}
