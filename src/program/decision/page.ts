// A stage as one page for the public: who goes on, the points, how sure they are, what is not public, what it stands on. It holds no
// script, loads nothing, and a policy in its head forbids both. Works out nothing: page-types.ts says what it is given.

import { createHash } from 'node:crypto';
import { formatFor, type Html, html, type Lang, plain, STYLES } from '../../page-kit/index.ts';
import {
  chanceText,
  dyeOf,
  figure,
  moment,
  mono,
  number,
  type Sheet,
  scrolling,
  section,
  sources,
  teamName,
  theirs,
  titled,
  titleText,
  totalFigure,
} from './page-cells.ts';
import { en } from './page-en.ts';
import { ko } from './page-ko.ts';
import { STAGE_STYLES } from './page-styles.ts';
import type { Figure, StageReport, TeamOfReport } from './page-types.ts';

/** Columns of the table of chances before the rest is put together. */
const MOST_PLACES = 12;
const MOST_ITEMS = 200;
const MOST_TEXT = 4000;

const mark = (outcome: TeamOfReport['outcome']): Html =>
  html`<span class="mark ${outcome === 'kept' ? 'holds' : 'refuted'}" aria-hidden="true">${outcome === 'kept' ? '✓' : '✕'}</span>`;

/** The first of a list, and how many more there are. */
function items<T>({ words, format }: Sheet, list: readonly T[], one: (item: T) => Html): Html {
  const left = list.length - MOST_ITEMS;
  return html`<ul class="notes-list">${list.slice(0, MOST_ITEMS).map(one)}${left > 0 && html`<li>${words.more(format.count(left))}</li>`}</ul>`;
}

function head(sheet: Sheet): Html {
  const { report, words } = sheet;
  const { programme, stage } = report;
  const banner = words.mode[programme.mode];
  // A record's days are those of publication; its stage says itself when it was.
  const times =
    programme.mode !== 'record' &&
    html`<p class="meaning">${words.opened}: ${moment(sheet, stage.opened)}${stage.closed !== null && html` · ${words.closed}: ${moment(sheet, stage.closed)}`}</p>`;
  return html`<div class="claim"><p class="label">${titled(sheet, programme.name)}</p><h1>${titled(sheet, stage.title)}</h1>${times}${
    banner && html`<p class="banner">${banner}</p>`
  }</div>`;
}

function decision(sheet: Sheet): Html {
  const { report, words, format } = sheet;
  const { teams, ruleBook, stage } = report;
  const w = words.decision;
  const { kept } = ruleBook;
  const rule = html`<p class="lead">${kept === null ? w.ruleUnknown : w.rule(format.count(kept), format.count(teams.length))}</p>`;
  if (stage.status === 'open' || stage.status === 'closed') {
    const text = stage.status === 'open' ? w.open : w.undecided;
    return section('decision', w.heading, html`${rule}<p class="plainly">${text}</p>`);
  }
  const why = ({ reason, place }: TeamOfReport): Html | false =>
    reason !== null &&
    html`<small>${w.reason[reason]}${
      reason === 'veto' &&
      place !== null &&
      kept !== null &&
      place <= kept &&
      html`; ${w.vetoPlace(format.count(place))}`
    }</small>`;
  const list = (outcome: TeamOfReport['outcome'], heading: (n: string) => string): Html | false => {
    const own = teams.filter((team) => team.outcome === outcome);
    if (outcome === null && own.length === 0) return false;
    return html`<div><h3 class="label">${heading(format.count(own.length))}</h3><ul>${own.map(
      (team) =>
        html`<li>${outcome !== null && mark(outcome)}<strong>${titled(sheet, team.name)}</strong>${why(team)}</li>`,
    )}</ul></div>`;
  };
  return section(
    'decision',
    w.heading,
    html`${rule}${stage.status === 'decided' && html`<p class="aside">${w.notFinal}</p>`}<div class="outcome">${list('kept', w.kept)}${list('out', w.out)}${list(null, w.leftOpen)}</div>${
      report.decisionSource !== null && sources(sheet, report.decisionSource)
    }`,
  );
}

function standings(sheet: Sheet): Html {
  const { report, words, format } = sheet;
  const { teams, blocks, statistics } = report;
  const w = words.standings;
  const ordered = teams.some(({ place }) => place !== null);
  const column = (name: Html | string, points: number) =>
    html`<th scope="col" class="right">${name}<small>${words.of(format.decimal(points, Number.isInteger(points) ? 0 : 1))}</small></th>`;
  const rows = teams.map((team) => {
    const outcome = team.outcome === null ? '' : team.outcome === 'kept' ? w.kept : w.out;
    return html`<tr class="${team.outcome ?? ''}"><td>${team.place === null ? html`<span class="none">${words.notKnown}</span>` : team.reason === 'veto' ? `(${format.count(team.place)})` : format.count(team.place)}</td><th scope="row"><strong>${titled(sheet, team.name)}</strong></th>${blocks.map(
      ({ path }) => html`<td class="right">${figure(sheet, team.figures[path])}</td>`,
    )}<td class="right strong">${totalFigure(sheet, team.total)}</td><td>${team.outcome !== null && html`${mark(team.outcome)} `}${outcome}</td></tr>`;
  });
  const table = html`<table><caption id="standings-table">${w.caption}</caption><thead><tr><th scope="col">${w.place}</th><th scope="col">${w.team}</th>${blocks.map(
    ({ title, points }) => column(titled(sheet, title), points),
  )}${column(w.total, report.ruleBook.points)}<th scope="col">${w.outcome}</th></tr></thead><tbody>${rows}</tbody></table>`;
  return section(
    'standings',
    w.heading,
    html`<p class="lead">${report.programme.mode === 'record' ? w.record : w.lead}</p>${!ordered && html`<p class="aside">${report.programme.mode === 'record' ? w.orderUnknown : w.totalUnknown}</p>`}${scrolling('standings-table', table)}${
      statistics !== null && html`<p class="aside">${w.interval(format.atLeast(statistics.level))}</p>`
    }`,
  );
}

/** Figures from elsewhere with their sources; those of one team with the same sources stand together. */
function cited(sheet: Sheet): Html | false {
  const groups = new Map<string, { team: TeamOfReport; paths: string[]; from: NonNullable<Figure['source']> }>();
  for (const team of sheet.report.teams) {
    for (const [path, { value, source }] of Object.entries(team.figures)) {
      if (source === null || typeof value !== 'number') continue;
      const key = JSON.stringify([team.id, source]);
      const group = groups.get(key);
      if (group) group.paths.push(path);
      else groups.set(key, { team, paths: [path], from: source });
    }
  }
  if (groups.size === 0) return false;
  return items(
    sheet,
    [...groups.values()],
    ({ team, paths, from }) =>
      html`<li><p>${titled(sheet, team.name)}: ${paths.map((path, i) => html`${i > 0 && ', '}${mono(path)}`)}</p>${sources(sheet, from)}</li>`,
  );
}

function parts(sheet: Sheet): Html {
  const { report, words, format } = sheet;
  const w = words.parts;
  const row = (
    of: { path: string; title: StageReport['blocks'][number]['title']; points: number; kind: string },
    name: string,
  ) =>
    html`<tr class="${name}"><th scope="row">${titled(sheet, of.title)}<small>${mono(of.path)}</small><small>${w.kinds[of.kind]}, ${words.of(
      format.decimal(of.points, Number.isInteger(of.points) ? 0 : 1),
    )}</small></th>${report.teams.map(({ figures }) => html`<td class="right">${figure(sheet, figures[of.path])}</td>`)}</tr>`;
  const rows = report.blocks.map(
    (block) => html`${row(block, 'block-row')}${block.parts.map((part) => row(part, 'part-row'))}`,
  );
  return section(
    'parts',
    w.heading,
    html`<p class="lead">${w.lead}</p>${scrolling(
      'parts-table',
      html`<table><caption id="parts-table">${w.heading}</caption><thead><tr><th scope="col">${w.part}</th>${report.teams.map(
        (team) => html`<th scope="col" class="right">${titled(sheet, team.name)}</th>`,
      )}</tr></thead><tbody>${rows}</tbody></table>`,
    )}${cited(sheet)}`,
  );
}

function chances(sheet: Sheet): Html {
  const { report, words, format } = sheet;
  const { statistics, teams, moves } = report;
  const w = words.chances;
  const rows = teams.filter((team) => team.places !== null);
  if (statistics === null || rows.length === 0) {
    const known = teams.every(({ total }) => typeof total.value === 'number');
    return section('chances', w.heading, html`<p class="plainly">${known ? w.none : w.noneUnknown}</p>`);
  }
  const columns = Math.min(MOST_PLACES, Math.max(...rows.map(({ places }) => places!.length)));
  const cells = ({ places, keptChance }: TeamOfReport): Html[] => {
    const shown = Array.from({ length: columns }, (_, i) =>
      i < columns - 1 ? (places![i] ?? 0) : places!.slice(i).reduce((sum, chance) => sum + chance, 0),
    );
    const likeliest = shown.indexOf(Math.max(...shown));
    const cell = (chance: number, more = '') =>
      html`<td class="${`${dyeOf(chance)} ${more}`.trim()}">${chanceText(chance)}</td>`;
    return [
      ...shown.map((chance, i) => cell(chance, i === likeliest ? 'likeliest' : '')),
      cell(keptChance ?? Number.NaN),
    ];
  };
  const last = Math.max(...rows.map(({ places }) => places!.length)) > columns;
  const names = Array.from({ length: columns }, (_, i) =>
    last && i === columns - 1 ? w.later(format.count(i + 1)) : w.place(format.count(i + 1)),
  );
  const table = html`<table class="heat"><caption id="chances-table">${w.caption}</caption><thead><tr><th scope="col">${words.standings.team}</th>${[
    ...names,
    w.stays,
  ].map(
    (name) => html`<th scope="col">${name}</th>`,
  )}</tr></thead><tbody>${rows.map((team) => html`<tr><th scope="row">${titled(sheet, team.name)}</th>${cells(team)}</tr>`)}</tbody></table>`;
  const team = (id: string) => {
    const found = teams.find((one) => one.id === id);
    return found ? titleText(sheet, found.name) : plain(id, 100);
  };
  const moved =
    moves &&
    [
      moves.points &&
        html`<li>${w.movesPoints(format.decimal(moves.points.far, 2), team(moves.points.kept), team(moves.points.out))}</li>`,
      moves.share &&
        html`<li>${w.movesShare(format.atLeast(moves.share.far), team(moves.share.kept), team(moves.share.out))}</li>`,
    ].filter((item) => item !== null);
  return section(
    'chances',
    w.heading,
    html`<p class="lead">${w.lead(format.count(statistics.draws))}</p>${scrolling('chances-table', table)}<p class="aside">${w.vetoNote} ${w.seed}: ${mono(statistics.seed)}</p>${
      moved &&
      html`<h3>${w.movesHeading}</h3>${moved.length > 0 ? html`<ul class="notes-list">${moved}</ul>` : html`<p class="plainly">${w.movesNone}</p>`}`
    }`,
  );
}

function findings(sheet: Sheet): Html {
  const { report, words } = sheet;
  const w = words.findings;
  const signed = report.findings.filter((one) => one.signed).length;
  const whose = signed > 0 && signed < report.findings.length ? 'mixed' : signed > 0 ? 'signed' : 'reported';
  // Where there is none, nobody's word is told.
  const told = report.findings.length > 0 && `${w.lead[whose]} `;
  const lead = html`<p class="lead">${told}${report.ruleBook.veto ? w.veto : w.noVeto}</p>`;
  if (report.findings.length === 0)
    return section('findings', w.heading, html`${lead}<p class="plainly">${w.none}</p>`);
  const components = [
    ...new Set([...report.ruleBook.components, ...report.findings.map(({ component }) => component)]),
  ];
  const rows = components.map((component) => {
    const cells = report.teams.map(({ id }) => {
      const own = report.findings.filter((one) => one.team === id && one.component === component);
      const verdicts = [...new Set(own.map(({ verdict }) => w.verdicts[verdict]))].join(', ');
      return html`<td>${verdicts || html`<span class="none">${w.noFinding}</span>`}</td>`;
    });
    return html`<tr><th scope="row">${mono(component)}</th>${cells}</tr>`;
  });
  const table = html`<table><caption id="findings-table">${w.caption}</caption><thead><tr><th scope="col">${w.component}</th>${report.teams.map(
    (team) => html`<th scope="col">${titled(sheet, team.name)}</th>`,
  )}</tr></thead><tbody>${rows}</tbody></table>`;
  return section(
    'findings',
    w.heading,
    html`${lead}${scrolling('findings-table', table)}${items(
      sheet,
      report.findings,
      (one) =>
        html`<li><p><strong>${teamName(sheet, one.team)}</strong>, ${mono(one.component)}: <strong>${w.verdicts[one.verdict]}</strong></p><p>${theirs(one.text, MOST_TEXT)}</p><p class="sources">${one.signed ? w.signedBy : w.reportedBy}: ${theirs(one.by)}</p>${
          one.source !== null && sources(sheet, one.source)
        }</li>`,
    )}`,
  );
}

const MARKS = { holds: '✓', refuted: '✕', incomplete: '!' } as const;

function audits(sheet: Sheet): Html {
  const { report, words } = sheet;
  const w = words.audits;
  if (report.audits.length === 0) return section('audits', w.heading, html`<p class="plainly">${w.none}</p>`);
  return section(
    'audits',
    w.heading,
    html`<p class="lead">${w.lead}</p>${items(sheet, report.audits, ({ team, submission, verdict, claim, joined }) => {
      const { word, headline, reach, room, data } = claim[words.lang];
      const all = joined?.[words.lang];
      const sign = html`<span class="mark ${verdict}" aria-hidden="true">${MARKS[verdict]}</span>`;
      return html`<li><p>${sign} <strong>${teamName(sheet, team)}</strong>, ${mono(submission)}: <strong>${word}</strong></p><p>${headline} ${reach}${room !== null && ` ${room}`}</p><p>${data}</p>${all && html`<p><strong>${w.joined}: ${all.word}</strong></p><p>${all.headline} ${all.reach}${all.room !== null && ` ${all.room}`}</p>`}</li>`;
    })}`,
  );
}

function withheld(sheet: Sheet): Html {
  const { report, words, format } = sheet;
  const w = words.withheld;
  const paths = report.blocks.flatMap(({ path, parts }) => [path, ...parts.map((part) => part.path)]);
  const all = report.teams.flatMap(({ figures }) => paths.map((path) => figures[path]?.value));
  const hidden = all.filter((value) => value === 'not published').length;
  const lines = [
    ...(hidden > 0 ? [w.scores(format.count(hidden), format.count(all.length))] : []),
    ...report.withheld.map((kind) => w.kinds[kind]),
  ];
  return section(
    'withheld',
    w.heading,
    lines.length > 0
      ? html`<ul class="notes-list">${lines.map((line) => html`<li>${line}</li>`)}</ul>`
      : html`<p class="plainly">${w.all}</p>`,
  );
}

function facts(sheet: Sheet): Html | false {
  const { report, words, format } = sheet;
  if (report.facts.length === 0) return false;
  const w = words.facts;
  return section(
    'facts',
    w.heading,
    html`<p class="lead">${w.lead}</p>${items(
      sheet,
      report.facts,
      ({ text, value, source, derived, verified, official }) =>
        html`<li><p>${titled(sheet, text)}${value !== null && html`: <strong>${Number.isInteger(value) ? format.count(value) : number(sheet, value)}</strong>`}${
          !official && html` <span class="tag">${w.unofficial}</span>`
        }${!verified && html` <span class="tag">${w.unverified}</span>`}</p>${derived !== null && html`<p class="sources">${w.derived}: ${theirs(derived)}</p>`}${sources(sheet, source)}</li>`,
    )}`,
  );
}

function appeals(sheet: Sheet): Html {
  const { report, words } = sheet;
  const w = words.appeals;
  if (report.appeals.length === 0) return section('appeals', w.heading, html`<p class="plainly">${w.none}</p>`);
  return section(
    'appeals',
    w.heading,
    items(
      sheet,
      report.appeals,
      ({ team, text, outcome, answer }) =>
        html`<li><p><strong>${teamName(sheet, team)}</strong>: <strong>${outcome === null ? w.open : w[outcome]}</strong></p><p>${theirs(text, MOST_TEXT)}</p>${
          answer !== null && html`<p>${w.answer}: ${theirs(answer, MOST_TEXT)}</p>`
        }</li>`,
    ),
  );
}

function log(sheet: Sheet): Html {
  const { report, words, format } = sheet;
  const { ruleBook } = report;
  const w = words.log;
  const { seq, link, signatures } = report.log;
  const rows = signatures.map(
    (one) =>
      html`<tr><th scope="row">${w.signed[one.what]}</th><td>${format.count(one.seq)}</td><td>${mono(one.key)}</td><td>${moment(sheet, one.time)}</td></tr>`,
  );
  const table = html`<table><caption id="log-table">${w.caption}</caption><thead><tr>${[
    w.what,
    w.entry,
    w.key,
    w.time,
  ].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`;
  return section(
    'log',
    w.heading,
    html`<p class="lead">${w.lead}</p><div class="digests"><dl><dt>${w.ruleBook}</dt><dd>${theirs(ruleBook.name)}, ${format.count(ruleBook.version)}: ${mono(ruleBook.digest)}${
      ruleBook.published !== null && sources(sheet, ruleBook.published)
    }</dd><dt>${w.entries}</dt><dd>${format.count(seq)}</dd><dt>${w.head}</dt><dd>${mono(link)}</dd></dl></div>${
      signatures.length > 0 ? scrolling('log-table', table) : html`<p class="plainly">${w.unsigned}</p>`
    }`,
  );
}

/** One self-contained page. The same report gives the same bytes. */
export function stageReportHtml(report: StageReport, lang: Lang): string {
  const words = lang === 'ko' ? ko : en;
  const sheet: Sheet = { report, words, format: formatFor(lang) };
  const styles = STYLES + STAGE_STYLES;
  const hash = createHash('sha256').update(styles).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const title = words.title(titleText(sheet, report.stage.title), titleText(sheet, report.programme.name));
  return `<!doctype html>
${
  html`<html lang="${words.lang}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark"><title>${title}</title>`
    .text
}<style>${styles}</style>${
    html`</head><body><div class="leaf"><header class="masthead"><p class="brand">${words.brand}</p><p class="label">${words.status[report.stage.status]}</p></header><main>
${head(sheet)}
${decision(sheet)}
${standings(sheet)}
${chances(sheet)}
${parts(sheet)}
${findings(sheet)}
${audits(sheet)}
${withheld(sheet)}
${facts(sheet)}
${appeals(sheet)}
${log(sheet)}
</main><footer><h2>${words.again.heading}</h2><p>${words.again.text}</p><code>jikji program verify</code><p class="colophon">${words.again.colophon}</p></footer></div></body></html>`
      .text
  }
`;
}
