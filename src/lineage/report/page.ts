// The page: what was found of each reference, part by part, then what it means and what not. Words come from en.ts and ko.ts, sentences
// from sentences.ts, the picture from layer-map.ts.

import { type ComponentChildren, h, type JSX } from 'preact';
import {
  caveat,
  claimBlock,
  documentHtml,
  documentTime,
  item,
  ledSection,
  limitedList,
  line,
  mark,
  mono,
  orderedList,
  outsideText,
  paragraph,
  plainStatement,
  record,
  section,
  sentences,
  verdictPanel,
} from '../../page-kit/document/index.ts';
import {
  cell,
  columnHeads,
  Fact,
  Facts as FactList,
  type Format,
  formatFor,
  type Lang,
  plain,
  row,
  ScrollingTable,
  TERMS,
  wordFor,
} from '../../page-kit/index.ts';
import { dateOf } from '../dates.ts';
import type { Lineage } from '../lineage.ts';
import { chanceText } from './chance.ts';
import { controlsTable } from './controls-table.ts';
import { en } from './en.ts';
import { factsOf, type GroupFacts, isFound, type ReferenceFacts, repeatOptions } from './facts.ts';
import { ko } from './ko.ts';
import { layerKey, layerPictures, perField } from './layer-map.ts';
import { likenessTable } from './likeness-table.ts';
import { LINEAGE_STYLES } from './page-styles.ts';
import { koreanPart, koreanReason } from './reasons.ts';
import { cosineText, meaningOf, nounOf, partName, seenTexts, startText, testText } from './sentences.ts';
import type { Sheet } from './sheet.ts';

/** The most references in full, and items of each list: nobody reads a longer page. */
const MAX_REFERENCES = 24;
const MAX_NAMED = 3;
const MAX_UNTESTED = 40;

/** A sentence that the result keeps in English, in the report's language where it is one of ours. */
const reason = ({ lang }: Format, why: string): JSX.Element => record({ en: why, ko: koreanReason(why) }, lang);
const shown = ({ facts }: Sheet): ReferenceFacts[] => facts.references.slice(0, MAX_REFERENCES);
const more = ({ facts, terms, format }: Sheet): ComponentChildren =>
  facts.references.length > MAX_REFERENCES &&
  paragraph('aside', terms.more(format.count(facts.references.length - MAX_REFERENCES)));

function question({ result, facts, words, format }: Sheet): JSX.Element {
  const names = facts.references.map(({ result: { model } }) => words.quoted(plain(model.name, 80)));
  const references = names.length > MAX_NAMED ? words.referenceCount(format.count(names.length)) : format.list(names);
  return claimBlock(words.questionLabel, words.question(plain(result.suspect.name, 80), references));
}

/** A line for each part: its verdict, what was seen, and the chance in words. */
function groupLines({ words, format }: Sheet, { groups, result }: ReferenceFacts): JSX.Element {
  const items = groups.map(({ group, test, lnChance }) => {
    const noun = nounOf(group.kind, words);
    const chance = lnChance >= 0 ? words.asChance : words.byChance(chanceText(lnChance, words.chance, format));
    const seen = [
      group.equality && words.equality[group.equality],
      test && testText({ test, noun, withExpected: false }, words, format),
      test && chance,
    ].filter((text) => text !== undefined);
    const name = h('b', null, `${partName(group, result, words)}: ${words.verdicts[group.verdict]}`);
    const isTested = group.verdict !== 'untestable' && seen.length > 0;
    return item(mark(group.verdict), h('span', null, name, isTested && `. ${seen.join('; ')}.`));
  });
  return h('ul', { class: 'groups' }, items);
}

function verdict(sheet: Sheet, reference: ReferenceFacts): JSX.Element {
  const { result, words } = sheet;
  const { headline, order } = reference;
  const { direction, start, noDate, suspectFirst, challengeGiven } = words.caveats;
  const { kinship } = reference.result;
  const mayShareStart = headline === 'shares' && kinship !== 'other-start';
  const caveats = [
    isFound(headline) && direction,
    mayShareStart && start,
    order === 'unknown' && noDate,
    order === 'suspect-first' && suspectFirst,
    result.challengeGiven && challengeGiven,
  ].filter((text) => text !== false);
  return verdictPanel(headline, { label: words.verdictLabel, word: words.headline[headline] }, [
    paragraph('pair', words.against(plain(reference.result.model.name, 80))),
    meaningOf(reference, words).map((text) => paragraph('meaning', text)),
    isFound(headline) && kinship && line(`${words.kinship[kinship]} ${words.kinship.word}`),
    reference.groups.length > 0 && groupLines(sheet, reference),
    h('ul', { class: 'terms' }, caveats.map(caveat)),
  ]);
}

function seenCell({ words, format }: Sheet, { group, test }: GroupFacts): ComponentChildren {
  if (group.verdict === 'untestable') return group.untested.map((why) => reason(format, why));
  const tested =
    test && testText({ test, noun: nounOf(group.kind, words), withExpected: !isFound(group.verdict) }, words, format);
  return group.equality ? [words.equality[group.equality], tested && h('br', null), tested] : tested;
}

function strengthCell({ words, format }: Sheet, { group: { strength }, isMoved }: GroupFacts): ComponentChildren {
  if (!strength || !Number.isFinite(strength.median)) return words.noStrength;
  const text = words.strength(cosineText(strength.median, format), format.count(strength.units));
  return isMoved ? [text, h('br', null), words.strengthMoved] : text;
}

function parts(sheet: Sheet, reference: ReferenceFacts, id: string): ComponentChildren {
  const { words, format } = sheet;
  const { columns, heading, nothing } = words.parts;
  if (reference.groups.length === 0) return plainStatement(nothing);
  const rows = reference.groups.map((facts) => {
    const { group } = facts;
    const isTested = group.verdict !== 'untestable';
    return row(partName(group, reference.result, words), [
      cell([mark(group.verdict), ` ${words.verdicts[group.verdict]}`], 'strong'),
      cell(isTested ? chanceText(facts.lnChance, words.chance, format) : words.noStrength, 'right strong'),
      cell(seenCell(sheet, facts)),
      cell(isTested ? strengthCell(sheet, facts) : words.noStrength, 'right'),
    ]);
  });
  const head = [
    columnHeads([columns.part, columns.verdict]),
    columnHeads([columns.chance], 'right'),
    columnHeads([columns.seen]),
    columnHeads([columns.strength], 'right'),
  ];
  const table = { id: `${id}-parts`, role: 'group' as const, caption: heading, captionHidden: true, head };
  return h(ScrollingTable, table, rows);
}

function maps({ words, format }: Sheet, { result: { towers } }: ReferenceFacts, id: string): ComponentChildren {
  const drawn = towers.filter(({ layers }) => layers && layers.suspect.length > 0 && layers.reference.length > 0);
  if (drawn.length === 0) return null;
  const figures = drawn.map((tower, i) => {
    const title = drawn.length > 1 ? words.map.towerTitle(wordFor(words.towers, tower.tower)) : words.map.title;
    const per = perField(tower);
    return h('figure', null, [
      layerPictures({ id: `${id}-map-${i}-`, tower, title, words, format }),
      h('figcaption', null, [
        drawn.length > 1 && h('p', null, title),
        layerKey(words, format),
        per > 1 && paragraph('aside', words.map.folded(format.count(per))),
        paragraph('oath', words.map.note),
      ]),
    ]);
  });
  return [h('h3', null, words.map.heading), figures];
}

function tokenizer({ words, format }: Sheet, { result }: ReferenceFacts): ComponentChildren {
  const w = words.tokenizer;
  const found = result.tokenizer;
  if (!found) return [h('h3', null, w.heading), sentences([w.unknown])];
  const count = (n: number): string => format.count(n);
  const { shared, suspect, reference, sameId, merges } = found;
  const texts = [
    found.sameFile && w.same,
    w.counts(count(shared), count(suspect), count(reference), count(sameId)),
    merges && w.merges(count(merges.shared), count(merges.suspect), count(merges.reference)),
    merges?.inOrder && !found.sameFile && w.inOrder,
    w.meaning,
  ].filter((text) => typeof text === 'string');
  return [h('h3', null, w.heading), sentences([texts.join(' ')])];
}

function untested({ words, format }: Sheet, reference: ReferenceFacts): ComponentChildren {
  const w = words.untested;
  const { groups, missing, result } = reference;
  // Written only if they are shown: a hostile result may have any number.
  const items: (() => ComponentChildren)[] = [
    ...missing.map(
      ({ model, tower }) =>
        () =>
          `${w.model[model]}: ${wordFor(words.towers, tower)}: ${w.missing}`,
    ),
    ...result.untested.map(({ model, part, why }) => () => [
      `${w.model[model]}: `,
      record({ en: part, ko: koreanPart(part) }, format.lang),
      ': ',
      reason(format, why),
    ]),
    ...groups
      .filter(({ group }) => group.verdict !== 'untestable')
      .flatMap(({ group }) =>
        group.untested.map((why) => () => [`${partName(group, result, words)}: `, reason(format, why)]),
      ),
  ];
  const shownItems = limitedList(items, MAX_UNTESTED, (show) => show(), format, 'plain-list');
  return [h('h3', null, w.heading), items.length > 0 ? shownItems : sentences([w.none])];
}

function referenceSection(sheet: Sheet, reference: ReferenceFacts, i: number): JSX.Element {
  const { words, format } = sheet;
  const { kinship } = reference.result;
  const id = `reference-${i + 1}`;
  const seen = seenTexts(reference, words, format);
  return section(id, words.against(plain(reference.result.model.name, 80)), [
    paragraph('lead', words.parts.lead),
    parts(sheet, reference, id),
    seen.length > 0 && [h('h3', null, words.seen.heading), sentences([...seen, words.seen.hidden])],
    controlsTable(sheet, reference, id),
    likenessTable(sheet, reference, id),
    maps(sheet, reference, id),
    h('h3', null, words.kinship.heading),
    sentences([kinship ? `${words.kinship[kinship]} ${words.kinship.word}` : words.kinship.none]),
    tokenizer(sheet, reference),
    untested(sheet, reference),
  ]);
}

function ruledOut(sheet: Sheet): ComponentChildren {
  const { result, facts, words, format } = sheet;
  if (!facts.found) return null;
  const w = words.ruledOut;
  const starts = shown(sheet)
    .filter(({ headline }) => isFound(headline) || headline === 'trace')
    .map((reference) => {
      const name = facts.references.length > 1 ? `${words.quoted(plain(reference.result.model.name, 80))}: ` : '';
      return `${name}${startText(reference, words)}`;
    });
  return ledSection('ruled-out', w.heading, w.lead, [
    orderedList('limits', w.items),
    paragraph('aside', w.tried(format.count(result.tried))),
    h('h3', null, w.startHeading),
    sentences([...new Set(starts)]),
  ]);
}

function limits({ words }: Sheet): JSX.Element {
  const w = words.limits;
  return section('limits', w.heading, [
    plainStatement(w.proves),
    orderedList('limits', w.items),
    sentences([words.seen.hidden]),
  ]);
}

function dates(sheet: Sheet): JSX.Element {
  const { result, words, format } = sheet;
  const w = words.dates;
  if (result.dates.length === 0) return section('dates', w.heading, plainStatement(w.none));
  const models = [result.suspect, ...shown(sheet).map(({ result: { model } }) => model)];
  const rows = models.map(({ name, digest }) => {
    const known = dateOf(result, digest);
    const cells = known ? [documentTime(known.time, format), w.office(known.office)] : [w.unknown, '–'];
    return row(
      outsideText(name, 80),
      cells.map((content) => cell(content)),
    );
  });
  const head = columnHeads([w.columns.model, w.columns.time, w.columns.by]);
  const table = { id: 'dates-table', role: 'group' as const, caption: w.heading, captionHidden: true, head };
  return ledSection('dates', w.heading, w.lead, h(ScrollingTable, table, rows));
}

function modelFacts({ words, format }: Sheet, heading: string, model: Lineage['suspect']): ComponentChildren {
  const w = words.compared;
  const towers = model.towers.map(({ name, layers, hiddenSize }) =>
    w.tower(plain(wordFor(words.towers, name), 80), format.count(layers), format.count(hiddenSize)),
  );
  return [
    h('h3', null, [`${heading}: `, outsideText(model.name, 80)]),
    h(FactList, null, [
      h(Fact, { name: w.family }, outsideText(model.family, 80)),
      h(Fact, { name: w.size }, format.bytes(model.bytes)),
      h(Fact, { name: w.towers }, towers.join('; ')),
      h(Fact, { name: w.digest, note: model.sketched ? w.sketched : undefined, wide: true }, mono(model.digest)),
    ]),
  ];
}

function compared(sheet: Sheet): JSX.Element {
  const { result, words, format } = sheet;
  const w = words.compared;
  const { rows, alpha, tried, challenge, challengeGiven } = result;
  const count = (n: number): string => (n >= Number.MAX_SAFE_INTEGER ? w.allRows : format.count(n));
  const tokens = shown(sheet).map(({ result: { towers } }) =>
    format.count(Math.max(0, ...towers.map(({ tokens: n }) => n))),
  );
  return section('compared', w.heading, [
    modelFacts(sheet, w.suspect, result.suspect),
    shown(sheet).map(({ result: { model, bySketch } }) => [
      modelFacts(sheet, w.reference, model),
      bySketch && paragraph('aside', w.bySketch),
    ]),
    more(sheet),
    h(FactList, null, [
      h(Fact, { name: w.rows }, count(rows)),
      h(Fact, { name: w.tokens }, tokens.join('; ')),
      h(Fact, { name: w.alpha }, chanceText(Math.log(alpha), words.chance, format)),
      h(Fact, { name: w.tried }, format.count(tried)),
      h(
        Fact,
        { name: w.challenge, note: w.challengeNote[challengeGiven ? 'given' : 'drawn'], wide: true },
        mono(challenge),
      ),
    ]),
  ]);
}

/** One self-contained page. */
export function lineageHtml(result: Lineage, lang: Lang): string {
  const words = lang === 'ko' ? ko : en;
  const sheet: Sheet = { result, facts: factsOf(result), words, terms: TERMS[lang], format: formatFor(lang) };
  return documentHtml({
    lang,
    title: words.title(plain(result.suspect.name, 80)),
    styles: LINEAGE_STYLES,
    brand: words.brand,
    masthead: paragraph('brand', outsideText(result.suspect.name, 200)),
    main: [
      question(sheet),
      shown(sheet).map((reference) => verdict(sheet, reference)),
      more(sheet),
      shown(sheet).map((reference, i) => referenceSection(sheet, reference, i)),
      ruledOut(sheet),
      limits(sheet),
      dates(sheet),
      compared(sheet),
    ],
    footer: { text: words.again, command: `jikji lineage MODEL ${repeatOptions(result)}` },
  });
}
