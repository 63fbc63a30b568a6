// What the reports on audits, runs of PyTorch, lineage and stages are made of: a verdict, findings, checks one by one, limits. Each
// brings its own words.

import { type ComponentChildren, h, type JSX } from 'preact';
import type { Sentence } from '../../base/index.ts';
import { Mark } from '../elements/index.ts';
import { type Format, type Lang, reportMark, TERMS } from '../text/index.ts';
import { stamp } from './pictures.ts';
import { outsideText, paragraph, section } from './pieces.ts';

/** Paths in a square of 120. */
const GLYPHS = {
  holds: 'M38 63l16 16l30 -36',
  consistent: 'M36 54q12 -14 24 0t24 0M36 72q12 -14 24 0t24 0',
  refuted: 'M42 42l36 36m0 -36l-36 36',
  incomplete: 'M38 60h.01M60 60h.01M82 60h.01',
  'not-told': 'M38 60h.01M60 60h.01M82 60h.01',
  untestable: 'M38 60h.01M60 60h.01M82 60h.01',
  identical: 'M38 50h44M38 70h44',
  shares: 'M38 50h44M38 70h44',
  trace: 'M36 62q12 -14 24 -2t24 -2',
  none: 'M38 60h44',
};
type ReportVerdict = keyof typeof GLYPHS;

/** The mark of a verdict or an outcome; null is "not run". */
export const mark = (verdict: string | null): JSX.Element => h(Mark, reportMark(verdict));
export const item = (...content: ComponentChildren[]): JSX.Element => h('li', null, content);
export const line = (...content: ComponentChildren[]): JSX.Element => h('p', null, content);
export const plainStatement = (text: ComponentChildren): JSX.Element => paragraph('plainly', text);
export const sentences = (texts: readonly ComponentChildren[]): JSX.Element =>
  h(
    'div',
    { class: 'sentences' },
    texts.map((text) => line(text)),
  );
/** A section with a lead paragraph. */
export const ledSection = (id: string, heading: string, lead: string, ...body: ComponentChildren[]): JSX.Element =>
  section(id, heading, [paragraph('lead', lead), body]);
/** A list whose order counts. */
export const orderedList = (kind: 'limits' | 'checks', items: readonly ComponentChildren[]): JSX.Element =>
  h(
    'ol',
    { class: kind },
    items.map((one) => item(one)),
  );

/** The first `limit` of a list, and the number of the others; only what is shown is written. */
export function limitedList<T>(
  all: readonly T[],
  limit: number,
  show: (one: T) => ComponentChildren,
  format: Format,
  kind?: string,
): JSX.Element {
  const rest = all.length - limit;
  const more = rest > 0 && item(TERMS[format.lang].more(format.count(rest)));
  return h('ul', { class: kind }, [all.slice(0, limit).map((one) => item(show(one))), more]);
}

/** A sentence of the program in the report's language; English, and marked so, where it has no Korean. */
export const record = ({ en, ko }: Sentence, lang: Lang): JSX.Element =>
  lang === 'ko' && ko !== undefined ? outsideText(ko, 1200) : outsideText(en, 1200, 'en');
/** A piece of the program's record under its heading. */
export const recordBlock = (heading: string, ...content: ComponentChildren[]): JSX.Element =>
  h('div', { class: 'record' }, h('h4', null, heading), content);

/** A line that limits a verdict. */
export const caveat = (text: string): JSX.Element => h('li', { class: 'caveat' }, h(Mark, { sign: '!' }), text);

/** What the report is of. */
export const claimBlock = (
  label: ComponentChildren,
  title: ComponentChildren,
  ...body: ComponentChildren[]
): JSX.Element => h('div', { class: 'claim' }, [paragraph('label', label), h('h1', null, title), body]);

interface VerdictWords {
  label: string;
  word: string;
}

export const verdictPanel = (
  verdict: ReportVerdict,
  { label, word }: VerdictWords,
  meaning: ComponentChildren,
  below?: ComponentChildren,
): JSX.Element =>
  h('div', { class: `verdict v-${verdict}` }, [
    stamp(GLYPHS[verdict]),
    h('div', null, [paragraph('label', label), paragraph('headline', word), meaning]),
    below,
  ]);

interface FindingShown {
  verdict: 'refuted' | 'incomplete';
  file: string;
  step?: number | undefined;
  tensor?: string | undefined;
  text: string;
  ko?: string | undefined;
}

function findingList(findings: readonly FindingShown[], limit: number, format: Format): JSX.Element {
  const { verdicts, step: stepWord, tensor: tensorWord } = TERMS[format.lang];
  const show = ({ verdict, file, step, tensor, text, ko }: FindingShown) => [
    mark(verdict),
    h('span', { class: 'hidden' }, `${verdicts[verdict]}: `),
    h('span', { class: 'place' }, [
      outsideText(file),
      step !== undefined && ` · ${stepWord} ${format.count(step)}`,
      tensor !== undefined && [` · ${tensorWord} `, outsideText(tensor)],
    ]),
    record({ en: text, ko }, format.lang),
  ];
  return limitedList(findings, limit, show, format);
}

/** The first three findings, refuting ones first; nothing where there are none. */
export function firstFindings(heading: string, findings: readonly FindingShown[], format: Format): ComponentChildren {
  if (findings.length === 0) return null;
  const refutedFirst = findings.toSorted((a, b) => Number(b.verdict === 'refuted') - Number(a.verdict === 'refuted'));
  return h('div', { class: 'found record' }, paragraph('label', heading), findingList(refutedFirst, 3, format));
}

interface CheckShown {
  detail: string;
  findings: readonly FindingShown[];
  notes: readonly string[];
  ko?: { detail?: string | undefined; notes: readonly (string | undefined)[] } | undefined;
}

/** The most items of each list of a check: nobody reads a longer one. */
const MAX_FINDINGS = 40;
const MAX_NOTES = 20;

/** What the program recorded of a check. */
export function checkRecord(
  { detail, findings, notes, ko }: CheckShown,
  headings: { record: string; findings: string; notes: string },
  format: Format,
): ComponentChildren {
  const { lang } = format;
  const sentencesOf = notes.map((en, i) => ({ en, ko: ko?.notes[i] }));
  return [
    recordBlock(headings.record, line(record({ en: detail, ko: ko?.detail }, lang))),
    findings.length > 0 && recordBlock(headings.findings, findingList(findings, MAX_FINDINGS, format)),
    notes.length > 0 &&
      recordBlock(
        headings.notes,
        limitedList(sentencesOf, MAX_NOTES, (note) => record(note, lang), format, 'notes'),
      ),
  ];
}

/** A named check, or a run of a chain, with its state beside it. */
export const headedBlock = (title: ComponentChildren, state: string, body: ComponentChildren): ComponentChildren => [
  h('div', { class: 'head' }, h('h3', null, title), paragraph('state', state)),
  h('div', { class: 'body' }, body),
];
