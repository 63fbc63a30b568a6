// Draws the public page of a stage: outcome, points, their certainty, withheld data, the log. Computes nothing: page-types.ts defines its
// data.

import { type ComponentChildren, h, type JSX } from 'preact';
import {
  claimBlock,
  documentHtml,
  ledSection,
  line,
  mark,
  mono,
  outsideText,
  paragraph,
  plainStatement,
  section,
} from '../../page-kit/document/index.ts';
import {
  cell,
  citedFigures,
  columnHeads,
  foldPlaces,
  formatFor,
  type Lang,
  plain,
  row,
  TERMS,
  uncertainParts,
} from '../../page-kit/index.ts';
import {
  componentName,
  dyeOf,
  figure,
  items,
  moment,
  mostPoints,
  none,
  number,
  type Sheet,
  sources,
  strong,
  table,
  teamName,
  titled,
  titleText,
  totalFigure,
} from './page-cells.ts';
import { comparisons } from './page-comparisons.ts';
import { en } from './page-en.ts';
import { ko } from './page-ko.ts';
import { STAGE_STYLES } from './page-styles.ts';
import type { Cited, FindingOfReport, PartOfReport, StageReport, TeamOfReport } from './page-types.ts';

const MAX_TEXT = 4000;

/** Lines as a list, or `none` as text. */
const linesOr = (sheet: Sheet, lines: readonly string[], none: string): JSX.Element =>
  lines.length > 0 ? items(sheet, lines, (text) => text) : plainStatement(none);
function head(sheet: Sheet): JSX.Element {
  const { words, terms } = sheet;
  const { programme, stage } = sheet.report;
  const banner = words.mode[programme.mode];
  const closed = stage.closed !== null && [` · ${terms.stage.closed}: `, moment(sheet, stage.closed)];
  return claimBlock(titled(sheet, programme.name), titled(sheet, stage.title), [
    // The days of a record are those of publication; the title of its stage tells when it was.
    programme.mode !== 'record' &&
      paragraph('meaning', [`${terms.stage.opened}: `, moment(sheet, stage.opened), closed]),
    banner && paragraph('banner', banner),
  ]);
}

function decision(sheet: Sheet): JSX.Element {
  const { report, words, terms, format } = sheet;
  const { teams, stage } = report;
  const { kept } = report.ruleBook;
  const w = words.decision;
  const all = format.count(teams.length);
  const going = teams.filter(({ outcome }) => outcome !== 'out').length;
  const byRule = kept === null ? terms.stage.ruleUnknown : w.rule(format.count(kept), all);
  const rule = report.appealUpheld ? terms.stage.afterAppeal(format.count(going), all) : byRule;
  if (stage.status === 'open' || stage.status === 'closed') {
    const text = stage.status === 'open' ? w.open : terms.stage.decisionClosed;
    return ledSection('decision', w.heading, rule, plainStatement(text));
  }
  const why = ({ reason, place, lacks, overturned }: TeamOfReport) => {
    const what = lacks.map((lack) => ` ${lack[format.lang]}`);
    if (overturned) return h('small', null, terms.stage.leftOut(w.reason[overturned]), what);
    const wouldStay = reason === 'veto' && place !== null && kept !== null && place <= kept;
    return reason && h('small', null, w.reason[reason], wouldStay && `; ${w.vetoPlace(format.count(place))}`, what);
  };
  const list = (outcome: TeamOfReport['outcome'], heading: (n: string) => string) => {
    const these = teams.filter((team) => team.outcome === outcome);
    if (outcome === null && these.length === 0) return null;
    const rows = these.map((team) =>
      h('li', null, outcome !== null && mark(outcome), strong(titled(sheet, team.name)), why(team)),
    );
    return h('div', null, h('h3', { class: 'label' }, heading(format.count(these.length))), h('ul', null, rows));
  };
  const outcome = h('div', { class: 'outcome' }, list('kept', w.kept), list('out', w.out), list(null, w.leftOpen));
  const { appealsUntil } = stage;
  const until = appealsUntil !== null && [` ${terms.stage.appealsUntil}: `, moment(sheet, appealsUntil)];
  const standing = {
    decided: going === teams.length ? terms.stage.notFinalNobodyOut : terms.stage.notFinal,
    final: terms.stage.isFinal,
    recorded: terms.stage.finalElsewhere,
  };
  const note = paragraph('aside', [standing[stage.status], stage.status === 'decided' && until]);
  const source = report.decisionSource !== null && sources(sheet, report.decisionSource);
  const lacking = stage.lacking.length > 0 && [
    paragraph('aside', terms.stage.closedLacking),
    items(sheet, stage.lacking, (lack) => lack[format.lang]),
  ];
  return ledSection('decision', w.heading, rule, note, outcome, lacking, source);
}

function standings(sheet: Sheet): JSX.Element {
  const { report, words, terms, format } = sheet;
  const { teams, blocks, statistics } = report;
  const w = words.standings;
  const t = terms.stage;
  const isRecord = report.programme.mode === 'record';
  const column = (name: ComponentChildren, points: number) =>
    columnHeads([[name, h('small', null, mostPoints(sheet, points))]], 'right');
  const placeOf = ({ place, placeDerived, reason, overturned }: TeamOfReport) => {
    if (place === null) return none(words.notKnown);
    if (placeDerived)
      return [format.count(place), h('small', null, words.facts.derived, ': ', titled(sheet, placeDerived))];
    return (reason ?? overturned) === 'veto' ? `(${format.count(place)})` : format.count(place);
  };
  const rows = teams.map((team) =>
    h('tr', { class: team.outcome }, [
      cell(placeOf(team)),
      h('th', { scope: 'row' }, strong(titled(sheet, team.name))),
      blocks.map(({ path }) => cell(figure(sheet, team.figures[path]), 'right')),
      cell(totalFigure(sheet, team.total), 'right strong'),
      cell([
        team.outcome && [mark(team.outcome), ` ${w[team.outcome]}`],
        team.overturned && h('small', null, t.appealUpheld),
      ]),
    ]),
  );
  const head = [
    columnHeads([t.place, t.team]),
    blocks.map(({ title, points }) => column(titled(sheet, title), points)),
    column(t.total, report.ruleBook.points),
    columnHeads([t.outcome]),
  ];
  const placed = teams.filter(({ place }) => place !== null).length;
  const inRecord = t.placesKnown(format.count(placed), format.count(teams.length));
  const note = placed < teams.length && (isRecord || placed === 0) && (isRecord ? inRecord : t.totalUnknown);
  const lead = isRecord ? w.record : w.lead;
  const hasIntervals = statistics !== null && teams.some(({ total }) => total.interval !== null);
  const interval = hasIntervals && paragraph('aside', w.interval(format.atLeast(statistics.level)));
  const points = table({ id: 'standings', caption: w.caption, head }, rows);
  return ledSection('standings', t.standings, lead, note && paragraph('aside', note), points, interval);
}

/** Entered figures with their sources, grouped by team and sources. */
function cited(sheet: Sheet): JSX.Element | false {
  const groups = citedFigures<Cited, TeamOfReport>(sheet.report.teams);
  if (groups.length === 0) return false;
  return items(sheet, groups, ({ team, paths, source }) => {
    const cites = paths.map((path, i) => [i > 0 && ', ', mono(path)]);
    return [line(titled(sheet, team.name), ': ', cites), sources(sheet, source)];
  });
}

function parts(sheet: Sheet): JSX.Element {
  const { report, words, format } = sheet;
  const w = words.parts;
  const ruled = (of: PartOfReport, name: string) => {
    const asked = of.asked ? `, ${of.asked[format.lang]}` : '';
    const what = h('small', null, `${w.kinds[of.kind]}, ${mostPoints(sheet, of.points)}${asked}`);
    return h('tr', { class: name }, [
      h('th', { scope: 'row' }, titled(sheet, of.title), h('small', null, mono(of.path)), what),
      report.teams.map(({ figures }) => cell(figure(sheet, figures[of.path]), 'right')),
    ]);
  };
  const rows = report.blocks.map((block) => {
    return [ruled(block, 'block-row'), block.parts.map((part) => ruled(part, 'part-row'))];
  });
  const teams = report.teams.map(({ name }) => titled(sheet, name));
  const head = [columnHeads([w.part]), columnHeads(teams, 'right')];
  return ledSection('parts', w.heading, w.lead, table({ id: 'parts', caption: w.heading, head }, rows), cited(sheet));
}

/** The smallest changes of weights that change which teams are kept. */
function moves(sheet: Sheet, { points, share }: NonNullable<StageReport['moves']>): ComponentChildren {
  const { report, words, terms, format } = sheet;
  const w = words.chances;
  const team = (id: string): string => {
    const found = report.teams.find((one) => one.id === id);
    return found ? titleText(sheet, found.name) : plain(id, 100);
  };
  const byPoints = points && w.movesPoints(format.decimal(points.far, 2), team(points.kept), team(points.out));
  const byShare = share && w.movesShare(format.atLeast(share.far), team(share.kept), team(share.out));
  const lines = [byPoints, byShare].filter((text) => text !== null);
  return [h('h3', null, terms.stage.moves), linesOr(sheet, lines, w.movesNone)];
}

function chances(sheet: Sheet): JSX.Element {
  const { report, words, terms, format } = sheet;
  const { statistics, teams } = report;
  const w = words.chances;
  const { columns, more, rows } = foldPlaces(teams);
  if (report.notKnown) {
    const { parts: open, isSettled } = report.notKnown;
    const parts = open.map(({ title, reason }) => ({ name: titleText(sheet, title), reason }));
    const why = terms.stage.certaintyUnknown(uncertainParts(parts, format.lang));
    const reach = isSettled ? terms.stage.settled : terms.stage.unsettled;
    return ledSection(
      'chances',
      w.heading,
      why,
      plainStatement(report.appealUpheld ? terms.stage.beforeAppeal : reach),
    );
  }
  if (statistics === null || rows.length === 0) {
    const known = teams.every(({ total }) => typeof total.value === 'number');
    return section('chances', w.heading, plainStatement(known ? w.none : terms.stage.chancesUnknown));
  }
  const dyed = (chance: number, isLikeliest = false) =>
    cell(format.chance(chance), `${dyeOf(chance)}${isLikeliest ? ' likeliest' : ''}`.trim());
  const names = Array.from({ length: columns }, (_, i) =>
    (more && i === columns - 1 ? w.later : w.place)(format.count(i + 1)),
  );
  const lines = rows.map(({ team, chances: shown, likeliest }) => {
    const stays = dyed(team.keptChance ?? Number.NaN);
    return row(titled(sheet, team.name), [shown.map((chance, i) => dyed(chance, i === likeliest)), stays]);
  });
  const head = columnHeads([terms.stage.team, ...names, w.stays]);
  const places = table({ id: 'chances', caption: terms.stage.chancesCaption, class: 'heat', head }, lines);
  const first = statistics.version === 1 && `${terms.stage.firstStatistics} `;
  const note = paragraph('aside', [first, `${w.vetoNote} ${w.seed}: `, mono(statistics.seed)]);
  const lead = w.lead(format.count(statistics.draws));
  const after = report.appealUpheld
    ? plainStatement(terms.stage.beforeAppeal)
    : report.moves && moves(sheet, report.moves);
  const warnings = report.warnings.map((warning) => paragraph('aside', plain(warning[format.lang], MAX_TEXT)));
  return ledSection('chances', w.heading, lead, places, warnings, note, after);
}

function findings(sheet: Sheet): JSX.Element {
  const { report, words, terms, format } = sheet;
  const w = words.findings;
  const all = report.findings;
  const signed = all.filter((one) => one.signed).length;
  const whose = signed > 0 && signed < all.length ? 'mixed' : signed > 0 ? 'signed' : 'reported';
  // Without findings there is nobody to name.
  const lead = `${all.length > 0 ? `${w.lead[whose]} ` : ''}${report.ruleBook.veto ? w.veto : w.noVeto}`;
  if (all.length === 0) return ledSection('findings', w.heading, lead, plainStatement(w.none));
  const components = [...new Set([...report.ruleBook.components, ...all.map(({ component }) => component)])];
  const rows = components.map((component) => {
    const cells = report.teams.map(({ id }) => {
      const these = all.filter((one) => one.team === id && one.component === component);
      return cell([...new Set(these.map(({ verdict }) => w.verdicts[verdict]))].join(', ') || none(w.noFinding));
    });
    return row(componentName(sheet, component), cells);
  });
  const one = ({ team, component, verdict, signed: isSigned, source, ...said }: FindingOfReport) => {
    const { text, by } = (format.lang === 'ko' && said.ko) || said;
    return [
      line(strong(teamName(sheet, team)), ', ', componentName(sheet, component), ': ', strong(w.verdicts[verdict])),
      line(outsideText(text, MAX_TEXT)),
      paragraph('sources', [`${isSigned ? terms.stage.signedBy : terms.stage.reportedBy}: `, outsideText(by)]),
      source !== null && sources(sheet, source),
    ];
  };
  const head = columnHeads([terms.stage.component, ...report.teams.map(({ name }) => titled(sheet, name))]);
  const verdicts = table({ id: 'findings', caption: w.caption, head }, rows);
  return ledSection('findings', w.heading, lead, verdicts, items(sheet, all, one));
}

function audits(sheet: Sheet): JSX.Element {
  const { report, words, format } = sheet;
  const w = words.audits;
  if (report.audits.length === 0) return section('audits', w.heading, plainStatement(w.none));
  const list = items(sheet, report.audits, ({ team, submission, verdict, claim, joined }) => {
    const one = claim[format.lang];
    const all = joined?.[format.lang];
    const said = ({ headline, beginning, reach, room }: typeof one) =>
      line(headline, beginning !== null && ` ${beginning}`, ' ', reach, room !== null && ` ${room}`);
    return [
      line(mark(verdict), ' ', strong(teamName(sheet, team)), ', ', mono(submission), ': ', strong(one.word)),
      said(one),
      line(one.data),
      all && [line(strong(`${w.joined}: ${all.word}`)), said(all)],
    ];
  });
  return ledSection('audits', w.heading, w.lead, list);
}

function withheld(sheet: Sheet): JSX.Element {
  const { report, words, terms, format } = sheet;
  const w = words.withheld;
  const paths = report.blocks.flatMap((block) => [block.path, ...block.parts.map(({ path }) => path)]);
  const all = report.teams.flatMap(({ figures }) => paths.map((path) => figures[path]?.value));
  const hidden = all.filter((value) => value === 'not published').length;
  const lines = [
    ...(hidden > 0 ? [w.scores(format.count(hidden), format.count(all.length))] : []),
    ...report.withheld.map((kind) => w.kinds[kind]),
  ];
  return section('withheld', terms.stage.withheld, linesOr(sheet, lines, w.all));
}

function facts(sheet: Sheet): JSX.Element | false {
  const { report, words, terms, format } = sheet;
  if (report.facts.length === 0) return false;
  const w = words.facts;
  const tag = (text: string) => [' ', h('span', { class: 'tag' }, text)];
  const list = items(sheet, report.facts, ({ text, value, source, derived, verified, official }) => {
    const shown = value !== null && (Number.isInteger(value) ? format.count(value) : number(sheet, value));
    const tags = [!official && tag(terms.unofficial), !verified && tag(terms.unverified)];
    return [
      line(titled(sheet, text), shown && [': ', strong(shown)], tags),
      derived !== null && paragraph('sources', [`${w.derived}: `, outsideText(derived)]),
      sources(sheet, source),
    ];
  });
  return ledSection('facts', w.heading, w.lead, list);
}

function appeals(sheet: Sheet): JSX.Element {
  const w = sheet.words.appeals;
  const list = items(sheet, sheet.report.appeals, ({ team, text, outcome, answer }) => [
    line(strong(teamName(sheet, team)), ': ', strong(outcome === null ? w.open : w[outcome])),
    line(outsideText(text, MAX_TEXT)),
    answer !== null && line(w.answer, ': ', outsideText(answer, MAX_TEXT)),
  ]);
  const isEmpty = sheet.report.appeals.length === 0;
  const none = sheet.report.programme.mode === 'record' ? sheet.terms.stage.noneRecorded : w.none;
  return section('appeals', sheet.terms.stage.appeals, isEmpty ? plainStatement(none) : list);
}

function log(sheet: Sheet): JSX.Element {
  const { report, words, terms, format } = sheet;
  const { name, version, digest, published } = report.ruleBook;
  const { seq, link, signatures } = report.log;
  const w = words.log;
  const rows = signatures.map((one) =>
    row(w.signed[one.what], [cell(format.count(one.seq)), cell(mono(one.key)), cell(moment(sheet, one.time))]),
  );
  const head = columnHeads([w.what, terms.entry, terms.stage.key, terms.time]);
  const fact = (term: string, value: ComponentChildren) => [h('dt', null, term), h('dd', null, value)];
  const book = [
    outsideText(name),
    `, ${format.count(version)}: `,
    mono(digest),
    published && sources(sheet, published),
  ];
  const digests = [fact(terms.ruleBook, book), fact(w.entries, format.count(seq)), fact(w.head, mono(link))];
  const signed = table({ id: 'log', caption: terms.stage.signatures, head }, rows);
  const digestList = h('div', { class: 'digests' }, h('dl', null, digests));
  return ledSection('log', w.heading, w.lead, digestList, rows.length > 0 ? signed : plainStatement(w.unsigned));
}

const SECTIONS = [
  head,
  decision,
  standings,
  chances,
  parts,
  findings,
  comparisons,
  audits,
  withheld,
  facts,
  appeals,
  log,
];

const LANGUAGES: Record<Lang, string> = { en: 'English', ko: '한국어' };

/** Ways from the page, where a server shows it: a file has none. */
function ways({ words, format }: Sheet, console: string): JSX.Element {
  const other = format.lang === 'ko' ? 'en' : 'ko';
  return h('nav', { class: 'ways' }, [
    h('a', { href: console }, words.console),
    ' ',
    h('a', { href: `?lang=${other}`, lang: other, hreflang: other }, LANGUAGES[other]),
  ]);
}

/** One self-contained page. The same report gives the same bytes. `console`: the stage's path in the console of the server that shows it. */
export function stageReportHtml(report: StageReport, lang: Lang, console?: string): string {
  const words = lang === 'ko' ? ko : en;
  const sheet: Sheet = { report, words, terms: TERMS[lang], format: formatFor(lang) };
  return documentHtml({
    lang,
    title: words.title(titleText(sheet, report.stage.title), titleText(sheet, report.programme.name)),
    styles: STAGE_STYLES,
    brand: words.brand,
    masthead: [paragraph('label', words.status[report.stage.status]), console !== undefined && ways(sheet, console)],
    main: SECTIONS.map((part) => part(sheet)),
    footer: { text: words.again, command: 'jikji program verify' },
  });
}
