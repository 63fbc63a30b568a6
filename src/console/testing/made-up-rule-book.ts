// Made-up answers about rule books that somebody is writing.

import { readFileSync } from 'node:fs';
import type { CheckedRuleBook, Rate, Rehearsal, RuleBookTemplate } from '../types.ts';

const templateOf = (id: string, en: string, ko: string): RuleBookTemplate => {
  const text = readFileSync(new URL(`../../../programs/templates/${id}.yaml`, import.meta.url), 'utf8');
  return { id, title: { en, ko }, text, choices: text.split(/: \[?CHOOSE/).length - 1 };
};

export const templates = [
  templateOf('korea-2026', 'Independent AI foundation model', '독자 AI 파운데이션 모델'),
  templateOf('research-grant', 'Research grant', '연구 과제 지원'),
];

/** A problem for each key at the left edge that is still to be chosen, and for blocks that do not add up in one place. */
export function checked(body: string): CheckedRuleBook {
  const { text } = JSON.parse(body) as { text: string };
  const problems = text.split('\n').flatMap((line, i): CheckedRuleBook['problems'] => {
    const key = /^(\w+): CHOOSE/.exec(line)?.[1];
    const at = { line: i + 1, hint: 'write a value in its place; the comment beside it says what is known' };
    if (key) return [{ code: 'rule-book-choose', message: `${key} is still to be chosen`, path: [key], ...at }];
    if (!/^points: 99/.test(line)) return [];
    const sum = { code: 'rule-book-conflict', message: 'points of the blocks add up to 100, not 99' };
    const ko = {
      message: '합이 맞지 않습니다(부문의 점수). 합: 100, 있어야 할 합: 99',
      hint: '둘 가운데 하나를 고치십시오.',
    };
    return [{ ...sum, hint: 'correct one of them', ko, line: i + 1, path: ['blocks'] }];
  });
  const ruleBook = { name: 'research-grant', version: 1, digest: 'e'.repeat(64) };
  return { problems, ruleBook: problems.length > 0 ? null : ruleBook };
}

const rate = (share: number): Rate => ({ share, standardError: Math.sqrt((share * (1 - share) + 0.001) / 1000) });

export const rehearsal: Rehearsal = {
  ruleBook: { name: 'research-grant', version: 1, digest: 'e'.repeat(64) },
  day: '2026-11-30',
  assumptions: {
    qualities: [0.745, 0.715, 0.685, 0.655],
    spread: 'moderate',
    items: 200,
    severity: 8,
    opinion: 7,
    markStep: 1,
    judgementsPerPair: 0,
    preference: 0.6,
    entered: 5,
    veto: 0.05,
    repetitions: 1000,
    seed: 1377,
  },
  warnings: [],
  repetitions: 800,
  points: 100,
  kept: 2,
  teams: [0.918, 0.745, 0.251, 0.086].map((share, i) => ({
    quality: 74.5 - 3 * i,
    stays: rate(share),
    vetoed: rate(0.05),
  })),
  bestStay: rate(0.697),
  bestOut: rate(0.082),
  border: {
    total: rate(0.981),
    tieBreak: rate(0.015),
    lot: rate(0),
    undecided: rate(0.004),
    unknown: rate(0),
    open: rate(0),
  },
  interval: { mean: 12.4, standardError: 0.21, repetitions: 20, draws: 400 },
};
