// The section of a stage's page on comparisons of weights: who was compared with whom, what was found, and how the panel answered what was
// proposed.

import type { JSX } from 'preact';
import { ledSection, line, mono, outsideText, plainStatement } from '../../page-kit/document/index.ts';
import { componentName, items, type Sheet, strong, teamName } from './page-cells.ts';
import type { StageReport } from './page-types.ts';

const MAX_TEXT = 4000;

type Comparison = NonNullable<StageReport['comparisons']>['all'][number];
type Proposal = NonNullable<StageReport['comparisons']>['proposals'][number];

const otherName = (sheet: Sheet, { with: other }: Pick<Comparison, 'with'>) =>
  other.consortium === null ? outsideText(other.id) : [teamName(sheet, other.consortium), ', ', mono(other.id)];

function comparison(sheet: Sheet, one: Comparison) {
  const { lang } = sheet.format;
  const { beside } = sheet.words.comparisons;
  const parts = one.parts?.map(({ name, word, seen }) => {
    const text = `${name[lang]}: ${word[lang]}`;
    return line(seen[lang] === '' ? text : `${text} (${seen[lang]})`);
  });
  return [
    line(strong(teamName(sheet, one.consortium)), ', ', mono(one.submission), beside, otherName(sheet, one)),
    parts ??
      line(
        outsideText(one.problem?.[lang] ?? '', MAX_TEXT),
        lang === 'ko' && one.reasonInEnglish !== undefined && [': ', outsideText(one.reasonInEnglish, MAX_TEXT, 'en')],
      ),
    one.tokenizer && line(one.tokenizer[lang]),
  ];
}

function proposal(sheet: Sheet, { consortium, component, said, answer }: Proposal) {
  const w = sheet.words.comparisons;
  return [
    line(
      strong(teamName(sheet, consortium)),
      ', ',
      componentName(sheet, component),
      ': ',
      strong(w.answers[answer?.kind ?? 'open']),
    ),
    line(outsideText(said[sheet.format.lang], MAX_TEXT)),
    answer?.kind === 'rejected' && line(outsideText(answer.by), ': ', outsideText(answer.reason, MAX_TEXT)),
  ];
}

/** Nothing in the page of a stage whose rule book compares no weights. */
export function comparisons(sheet: Sheet): JSX.Element | null {
  const found = sheet.report.comparisons;
  const w = sheet.words.comparisons;
  if (found === null) return null;
  if (found.all.length === 0) return ledSection('comparisons', w.heading, w.lead, plainStatement(w.none));
  return ledSection(
    'comparisons',
    w.heading,
    w.lead,
    found.proposals.length > 0 && items(sheet, found.proposals, (one) => proposal(sheet, one)),
    items(sheet, found.all, (one) => comparison(sheet, one)),
  );
}
