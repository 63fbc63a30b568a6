// The search calls pages and deeds what their pages and buttons are called.

import { expect, test } from 'vitest';
import { ROUTES } from '../console/state/router.ts';
import { WORDS } from '../console/testing/words.ts';
import { DEED_TITLES, NAV_TITLES, PAGE_TITLES } from '../page-kit/index.ts';

test.each(['en', 'ko'] as const)('pages, %s', (lang) => {
  const { nav, access, backup, catalogue, allotments, metering, register, newBook } = WORDS[lang];
  const titles: Record<string, unknown> = {
    ...nav,
    ...{ access: access.title, backup: backup.title, catalogue: catalogue.title, allotments: allotments.title },
    ...{ metering: metering.title, register: register.title, newRuleBook: newBook.title },
  };
  for (const [page, title] of Object.entries({ ...NAV_TITLES, ...PAGE_TITLES })) {
    expect(Object.hasOwn(ROUTES, page), page).toBe(true);
    expect(title[lang], page).toBe(titles[page]);
  }
});

test.each(['en', 'ko'] as const)('deeds, %s', (lang) => {
  const { submit, form, judge, score, finding, close, appeal, dates, experts, overview, organisations, consortium } =
    WORDS[lang];
  expect(Object.fromEntries(Object.entries(DEED_TITLES).map(([act, title]) => [act, title[lang]]))).toEqual({
    ...{ submit: submit.title, form: form.title, judge: judge.title, score: score.title, finding: finding.title },
    ...{ close: close.close, decide: close.decideTitle, finish: close.finishTitle, appeal: appeal.title },
    ...{ dates: dates.set, announce: dates.announce, assign: experts.assign, open: overview.openStage },
    ...{ organisation: organisations.add, key: consortium.nameKey },
    // On its page, the button stands at the appeal.
    answer: { en: 'Answer an appeal', ko: '이의 신청 답변' }[lang],
  });
});
