// The page: the parts of the report in their order. Words come from en.ts and ko.ts, pictures from chain.ts and curve.ts.

import { type ComponentChildren, h, type JSX } from 'preact';
import {
  caveat,
  checkRecord,
  claimBlock,
  documentHtml,
  documentTime,
  firstFindings,
  headedBlock,
  item,
  ledSection,
  line,
  mark,
  mono,
  orderedList,
  outsideText,
  paragraph,
  path,
  plainStatement,
  record,
  recordBlock,
  section,
  verdictPanel,
} from '../../page-kit/document/index.ts';
import {
  cell,
  columnHeads,
  Fact,
  Facts as FactList,
  formatFor,
  type Lang,
  plain,
  row,
  Table,
  TERMS,
  wordFor,
} from '../../page-kit/index.ts';
import { claimOf, linkClaims, linksOf, roomClaim } from '../claims.ts';
import { evenRoom } from '../room.ts';
import { randomCount } from '../segments.ts';
import type { Audit, Verdict } from '../types.ts';
import { chainPicture } from './chain.ts';
import { curvePicture } from './curve.ts';
import { en } from './en.ts';
import { answerOf, type Facts, factsOf } from './facts.ts';
import { ko } from './ko.ts';
import { drawCell, segmentsPerCell } from './segment-row.ts';
import type { Sheet } from './sheet.ts';

/** The most rows and letters: nobody reads more. */
const MAX_REPLAYED = 120;
const MAX_SORTS = 24;

/** The run's name set in type, letter by letter; a screen reader gets it whole. */
function nameInType(name: string): JSX.Element {
  const text = plain(name, 200);
  const letters = [...new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text)].map((s) => s.segment);
  if (letters.length === 0 || letters.length > MAX_SORTS) return paragraph('brand', outsideText(name, 200));
  const set = letters.map((c) => (c === ' ' ? h('span', { class: 'blank' }) : h('span', null, c)));
  return h('p', null, [
    h('span', { class: 'hidden' }, text),
    h('span', { class: 'stick', 'aria-hidden': 'true', dir: 'ltr' }, set),
  ]);
}

/** Whether the audit is of one run; else what is said of each stands in a section of its own. */
const isAlone = ({ standing }: Facts): boolean => linksOf(standing).length === 1;

function claim(sheet: Sheet): ComponentChildren {
  const { audit, facts, words, format } = sheet;
  const { verdict, run, bound } = audit;
  const { word, headline, reach, beginning, data } = claimOf(facts.standing, format.lang);
  const steps = run.steps === null ? null : format.count(run.steps);
  const terms = [
    item(
      mark(facts.held === facts.checks.length ? 'holds' : verdict),
      words.checksHeld(format.count(facts.held), format.count(facts.checks.length)),
    ),
    verdict === 'holds' &&
      isAlone(facts) &&
      facts.standing.extent !== 'all' &&
      caveat(roomClaim(evenRoom(audit.room), facts.standing.chance, format.lang)),
    bound.vacuous > 0 && caveat(words.boundLine(format.count(bound.vacuous), format.count(bound.tensors))),
    audit.figures === 'maker' && caveat(words.figureLine),
    facts.lodging === 'own' && caveat(words.ownLodging),
    facts.lodging === 'none' && caveat(words.notLodged),
  ];
  const findings = facts.findings.map(({ finding }) => finding);
  const meaning = [
    paragraph('meaning', headline),
    beginning !== null && paragraph('meaning', beginning),
    line(`${reach} ${data}`),
    h('ul', { class: 'terms' }, terms),
  ];
  return [
    claimBlock(words.claimLabel, words.claim(plain(run.name, 80), steps, facts.standing.beginning.kind !== 'drawn')),
    verdictPanel(
      verdict,
      { label: words.verdictLabel, word },
      meaning,
      firstFindings(words.firstFindings, findings, format),
    ),
  ];
}

function who({ audit, facts, words, terms, format }: Sheet): JSX.Element {
  const { run } = audit;
  const w = words.who;
  const { lodging: by, sound } = facts;
  const byOffice = { own: w.lodgedOwn, office: w.lodgedYes, register: w.lodgedListed };
  const lodging = by === 'none' ? w.lodgedNo : sound ? byOffice[by] : w.lodgedSays;
  const time = (iso: string | null) => (iso === null ? w.unknown : documentTime(iso, format));
  const key = (fingerprint: string | null) => (fingerprint === null ? w.unknown : mono(fingerprint));
  const number = (n: number | null, text: (n: number) => string) => (n === null ? w.unknown : text(n));
  const bits = number(run.valBitsPerByte, (n) => format.decimal(n, 3));
  return section('who', w.heading, [
    h(FactList, { class: 'times' }, [
      h(Fact, { name: w.made, note: w.makerClock }, time(run.madeAt)),
      h(Fact, { name: w.sealed, note: w.makerClock }, time(run.sealedAt)),
      by !== 'none' && h(Fact, { name: w.lodgedAt, note: w.officeClock }, time(run.lodgedAt)),
      h(Fact, { name: w.lodging, wide: true }, lodging),
      h(Fact, { name: w.maker, note: w.makerNote, wide: true }, key(run.maker)),
      ...run.moves.map(({ step, to }) =>
        h(Fact, { name: w.nextMaker(format.count(step)), note: w.nextMakerNote, wide: true }, key(to)),
      ),
      run.office !== null && h(Fact, { name: w.office, note: w.officeNote, wide: true }, key(run.office)),
    ]),
    h(FactList, null, [
      h(Fact, { name: terms.parameters }, number(run.parameters, format.short)),
      h(Fact, { name: w.tokens }, number(run.tokens, format.short)),
      h(Fact, { name: w.steps }, number(run.steps, format.count)),
      h(Fact, { name: w.valBitsPerByte, note: w.figure[audit.figures] }, bits),
    ]),
  ]);
}

function chain(sheet: Sheet): JSX.Element {
  const { audit, facts, words, terms, format } = sheet;
  const { chain: c } = words;
  const per = segmentsPerCell(audit.run.segments);
  const states = new Set(facts.replayed.map(({ verdict }) => verdict));
  const key = (['holds', 'refuted', 'incomplete', 'rest'] as const)
    .filter((ink) => ink === 'rest' || states.has(ink))
    .map((ink) => {
      const sample = h('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true' }, drawCell(ink, 1, 1, 14));
      return h('li', { class: 'square' }, sample, c.legend[ink]);
    });
  const digests = (
    [
      [terms.seed, audit.run.seed],
      [c.head, audit.run.head],
      [c.stateRoot, audit.run.stateRoot],
      [c.challenge, audit.detection.challenge || null],
    ] as const
  ).map(([name, value]) => [h('dt', null, name), h('dd', null, value === null ? words.who.unknown : mono(value))]);
  const legend = h('ul', { class: 'key' }, key, per > 1 && item(c.segmentsNote(format.count(per))));
  return ledSection('chain', c.heading, c.lead, [
    h('figure', null, chainPicture(sheet), h('figcaption', null, legend)),
    h('div', { class: 'digests' }, h('h3', null, c.digests), h('dl', null, digests)),
  ]);
}

function curve(sheet: Sheet): JSX.Element {
  const { facts, words, format } = sheet;
  const { curve: c } = words;
  const drawn = curvePicture(sheet);
  const oath = paragraph('oath', c.makersWord);
  if (!drawn) return section('curve', c.heading, [plainStatement(c.none), oath]);
  const sample = (name: string, text: string, extra?: JSX.Element) => {
    const line = path(name, 'M2 8H30');
    return item(h('svg', { viewBox: '0 0 32 16', 'aria-hidden': 'true' }, line, extra), text);
  };
  const has = (verdict: Verdict) => facts.replayed.some((segment) => segment.verdict === verdict);
  const key = h('ul', { class: 'key' }, [
    has('holds') && sample('same', c.replayed),
    has('refuted') && sample('other', c.differs, path('cross', 'M12 4l8 8m0 -8l-8 8')),
    facts.draw !== 'all' && sample('word', c.rest),
  ]);
  const skipped = drawn.skipped > 0 && paragraph('aside', c.skipped(format.count(drawn.skipped)));
  const caption = h('figcaption', null, key, facts.draw !== 'all' && oath, skipped);
  return section('curve', c.heading, h('figure', null, drawn.pictures, caption));
}

function replayedTable({ facts, words, terms, format }: Sheet): ComponentChildren {
  if (facts.replayed.length === 0) return null;
  const c = words.checks;
  // In a table that is cut, segments that do not hold come first.
  const omitted = facts.replayed.length - MAX_REPLAYED;
  const order =
    omitted > 0
      ? [...facts.replayed].sort((a, b) => Number(a.verdict === 'holds') - Number(b.verdict === 'holds'))
      : facts.replayed;
  const rows = order
    .slice(0, MAX_REPLAYED)
    .map(({ index, from, to, why, verdict }) =>
      row(format.count(index), [
        cell(`${format.count(from)}–${format.count(to)}`),
        cell(c.why[why]),
        cell([mark(verdict), ` ${c.result[verdict]}`]),
      ]),
    );
  const { segment, steps, why, result } = c.replayedColumns;
  return [
    h(Table, { caption: c.replayedCaption, head: columnHeads([segment, steps, why, result]) }, rows),
    omitted > 0 && paragraph('aside', terms.more(format.count(omitted))),
  ];
}

function checks(sheet: Sheet): JSX.Element {
  const { facts, words, terms, format } = sheet;
  const c = words.checks;
  const items = facts.checks.map(({ name, check }) =>
    headedBlock(
      [mark(check?.verdict ?? null), h('span', null, terms.checks[name])],
      check ? c.state[check.verdict] : '',
      [
        paragraph('question', terms.checkQuestions[name]),
        paragraph('answer', check ? answerOf(c, facts, check) : c.notRun),
        check && checkRecord(check, c, format),
        name === 'replay' && replayedTable(sheet),
      ],
    ),
  );
  return ledSection('checks', c.heading, c.lead, orderedList('checks', items));
}

/** What is said of each run of a chain. */
function links({ facts, words, format }: Sheet): ComponentChildren {
  if (isAlone(facts) || facts.standing.verdict !== 'holds') return null;
  const { heading, lead } = words.links;
  const items = linkClaims(facts.standing, format.lang).map(({ name, word, ...said }) =>
    headedBlock(name, word, paragraph('answer', Object.values(said).filter(Boolean).join(' '))),
  );
  return ledSection('links', heading, lead, orderedList('checks', items));
}

/** The room for a forger, by group of tensors and by the chance of staying unseen. */
function room({ audit, facts, words, format }: Sheet): ComponentChildren {
  const w = words.chance.room;
  const heading = h('h3', null, w.heading);
  const [first] = audit.room ?? [];
  if (!audit.room || !first) return [heading, plainStatement(w.none)];
  if (facts.standing.chance === null)
    return [heading, plainStatement(roomClaim(evenRoom(audit.room), null, format.lang))];
  const heads = audit.room.map(({ unseen, forged }) => {
    const text = w.unseen(format.atLeast(unseen), format.count(forged));
    return h('th', { scope: 'col', class: 'right', colSpan: 2 }, text);
  });
  const rows = first.groups.map(({ group }, i) => {
    const cells = audit.room!.map(({ groups }) => {
      const { ofWay, ofDistance } = groups[i]!;
      return [cell(format.atMost(ofWay), 'right strong'), cell(format.atMost(ofDistance), 'right')];
    });
    return row(wordFor(w.groups, group), cells);
  });
  const table = {
    caption: w.caption,
    head: [h('th', { scope: 'col', rowSpan: 2 }, w.columns.group), heads],
    subhead: audit.room.map(() => columnHeads([w.columns.way, w.columns.distance], 'right')),
  };
  return [heading, paragraph('lead', w.lead), h(Table, table, rows)];
}

function chance(sheet: Sheet): JSX.Element {
  const { detection } = sheet.audit;
  const { facts, words, format } = sheet;
  const c = words.chance;
  const reason =
    detection.reason &&
    facts.draw !== 'self' &&
    recordBlock(c.reason, line(record({ en: detection.reason, ko: detection.ko?.reason }, format.lang)));
  const rest = [reason, facts.draw !== 'all' && room(sheet)];
  if (!detection.claimed) {
    const text = facts.draw === 'claimed' ? c.none : c[facts.draw];
    return section('chance', c.heading, [plainStatement(text), rest]);
  }
  const rows = facts.chances.map(({ forged, chance: odds }) => {
    const share = detection.candidates > 0 ? forged / detection.candidates : Number.NaN;
    return h('tr', null, [
      h('th', { scope: 'row', class: 'right' }, format.count(forged)),
      cell(format.atLeast(share), 'right'),
      cell(format.atLeast(odds), 'right strong'),
    ]);
  });
  const { segments, candidates, drawn } = detection;
  const { columns } = c;
  const head = columnHeads([columns.forged, columns.share, columns.chance], 'right');
  return section('chance', c.heading, [
    facts.draw === 'all' && plainStatement(c.all),
    paragraph('lead', c.claimed(format.count(segments), format.count(candidates), format.count(drawn))),
    h(Table, { caption: c.caption, head }, rows),
    paragraph('aside', c.only),
    rest,
  ]);
}

function cost({ audit, words, format }: Sheet): JSX.Element {
  const { steps, replayedSteps, share, replaySeconds, ofTraining } = audit.cost;
  const c = words.cost;
  return section('cost', c.heading, [
    paragraph('lead', c.lead(format.count(replayedSteps), format.count(steps), format.atLeast(share))),
    h(FactList, null, [
      h(Fact, { name: c.steps }, format.count(replayedSteps)),
      h(Fact, { name: c.share }, format.atLeast(share)),
      h(Fact, { name: c.replay }, format.duration(replaySeconds)),
      h(Fact, { name: c.total }, format.duration(audit.seconds)),
      ofTraining !== null && h(Fact, { name: c.ofTraining }, format.atLeast(ofTraining)),
    ]),
  ]);
}

function limits({ facts, words }: Sheet): JSX.Element {
  const { heading, lead, items, time } = words.limits;
  const trusted = plainStatement(time[facts.lodging === 'register' ? 'office' : facts.lodging]);
  return ledSection('limits', heading, lead, orderedList('limits', items), trusted);
}

/** The options that choose the same segments again. */
function againOptions({ detection, run }: Audit, facts: Facts): string {
  if (facts.draw === 'all') return ' --replay all';
  const asked = facts.replayed.filter(({ why }) => why === 'asked');
  const [from, to] = [asked[0], asked.at(-1)];
  if (from && to) return ` --segments ${from.index + 1}-${to.index + 1}`;
  const usual = randomCount(run.segments.length, detection.candidates);
  return detection.drawn > 0 && detection.drawn !== usual ? ` --replay ${detection.drawn}` : '';
}

/** One self-contained page. */
export function reportHtml(audit: Audit, lang: Lang): string {
  const words = lang === 'ko' ? ko : en;
  const facts = factsOf(audit);
  const sheet: Sheet = { audit, facts, words, terms: TERMS[lang], format: formatFor(lang) };
  const { challenge } = audit.detection;
  const repeat = /^[0-9a-f]{64}$/.test(challenge) ? ` --challenge ${challenge}` : '';
  const command = `jikji audit RUN${againOptions(audit, facts)}${repeat}`;
  return documentHtml({
    lang,
    title: words.title(plain(audit.run.name, 80)),
    brand: words.brand,
    masthead: nameInType(audit.run.name),
    main: [claim, links, who, chain, curve, checks, chance, cost, limits].map((part) => part(sheet)),
    footer: { text: words.again, command },
  });
}
