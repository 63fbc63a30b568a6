// What takes a team out by its evidence, whatever its points are: as a decision's document says it, and for people in both languages. The
// document's words are signed, so they stay.

import type { Both } from '../../base/index.ts';

const VERDICTS: Readonly<Record<string, Both>> = {
  refuted: { en: 'refuted', ko: '불성립' },
  incomplete: { en: 'incomplete', ko: '판정 불가' },
  consistent: { en: 'consistent', ko: '반올림 범위 안에서 일치' },
  'not-told': { en: 'not told', ko: '판단 유보' },
  holds: { en: 'holds', ko: '성립' },
};
const verdictIn = (verdict: string): Both => VERDICTS[verdict] ?? { en: verdict, ko: verdict };

/** Texts of a document; where the audit does not hold it is the verdict alone. */
export const LACKS = {
  submission: 'no submission with its evidence',
  trainedAgain: (verdict: string) => `${verdict}, by evidence alone: nothing was trained again`,
  ownKey: 'the team has named no key of its own',
  teamsKey: (maker: string | undefined, key: string | undefined) => `signed by ${maker}, the team's key is ${key}`,
  lodging: 'not lodged with the office before its first step',
} as const;

/** A reason of a document, as it stands for a submission. */
export const lackIn = (submission: string, text: string): string => `audit of ${submission}: ${text}`;

/** A reason of a document in sentences; undefined for a finding on a component, which has its own place. */
export function lackOf(reason: string): Both | undefined {
  if (reason === LACKS.submission)
    return { en: 'It has no submission with its evidence.', ko: '증거를 갖춘 제출물이 없습니다.' };
  const [, submission, text] = /^audit of ([^ :]+): (.*)$/.exec(reason) ?? [];
  if (submission === undefined || text === undefined) return undefined;
  if (text === LACKS.ownKey) return { en: 'The team has named no key of its own.', ko: '팀이 등록한 키가 없습니다.' };
  if (text === LACKS.lodging)
    return {
      en: `The submission ${submission} was not lodged with the office before its first step.`,
      ko: `첫 스텝 전에 전담기관에 접수하지 않은 제출물입니다: ${submission}`,
    };
  const [, maker, key] = /^signed by (\S+), the team's key is (\S+)$/.exec(text) ?? [];
  if (maker !== undefined && key !== undefined)
    return {
      en: `The submission ${submission} is signed with the key ${maker}, the team's key is ${key}.`,
      ko: `제출물에 서명한 키가 팀의 키와 다릅니다. 제출물: ${submission}, 서명한 키: ${maker}, 팀의 키: ${key}`,
    };
  const [, alone] = /^(\S+), by evidence alone: nothing was trained again$/.exec(text) ?? [];
  const { en, ko } = verdictIn(alone ?? text);
  return alone === undefined
    ? {
        en: `The audit of the submission ${submission} does not hold: ${en}.`,
        ko: `제출물의 검증이 성립하지 않았습니다. 제출물: ${submission}, 결과: ${ko}`,
      }
    : {
        en: `Of the submission ${submission} nothing was trained again; by its evidence alone it is ${en}.`,
        ko: `다시 학습한 것이 없는 제출물입니다. 제출물: ${submission}, 증거만으로 본 결과: ${ko}`,
      };
}
