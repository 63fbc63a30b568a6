// The page: the parts of the report in their order. Words come from en.ts and ko.ts, pictures from chain.ts and curve.ts.
// It holds no script, loads nothing, and a policy in its head forbids both.

import { createHash } from 'node:crypto';
import { type Format, formatFor, type Html, html, type Lang, plain, STYLES } from '../../page-kit/index.ts';
import { claimOf, roomClaim } from '../claims.ts';
import { evenRoom } from '../room.ts';
import { randomCount } from '../segments.ts';
import type { Audit, Check, Finding, Verdict } from '../types.ts';
import { chainPicture, sortsPer } from './chain.ts';
import { curvePicture } from './curve.ts';
import { en } from './en.ts';
import { type Facts, factsOf, markOf } from './facts.ts';
import { ko } from './ko.ts';
import { sort } from './sorts.ts';
import type { Words } from './words.ts';

/** What a page can hold of a list before nobody reads it. */
const MOST_FINDINGS = 40;
const MOST_NOTES = 20;
const MOST_REPLAYED = 120;
const MOST_SORTS = 24;

interface Sheet {
  audit: Audit;
  facts: Facts;
  words: Words;
  format: Format;
}

/** A text from the run: harmless, and kept from turning what stands around it. */
const theirs = (text: string, most?: number): Html => html`<bdi>${plain(text, most)}</bdi>`;
/** The same for the program's sentences, which are English in every report. */
const record = (text: string): Html => html`<bdi lang="en">${plain(text, 1200)}</bdi>`;
const mono = (text: string): Html => html`<bdi class="mono">${plain(text, 300)}</bdi>`;
const mark = (verdict: Verdict | null): Html =>
  html`<span class="mark ${verdict ?? 'unrun'}" aria-hidden="true">${markOf(verdict)}</span>`;

/** A section with its heading behind a fishtail, the mark in the fold of a Korean book's leaf. */
const section = (id: string, heading: string, body: Html): Html =>
  html`<section aria-labelledby="${id}"><h2 id="${id}"><svg viewBox="0 0 24 18" aria-hidden="true"><path d="M0 0h24v18l-12 -9l-12 9z"/></svg>${heading}</h2>${body}</section>`;

/** The run's name set in type, letter by letter; a screen reader gets it whole. */
function nameInType(name: string): Html {
  const text = plain(name, 200);
  const letters = [...new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text)].map((s) => s.segment);
  if (letters.length === 0 || letters.length > MOST_SORTS) return html`<p class="brand">${theirs(name, 200)}</p>`;
  const set = letters.map((c) => (c === ' ' ? html`<span class="blank"></span>` : html`<span>${c}</span>`));
  return html`<p><span class="hidden">${text}</span><span class="stick" aria-hidden="true" dir="ltr">${set}</span></p>`;
}

const GLYPHS: Record<Verdict, string> = {
  holds: 'M38 63l16 16l30 -36',
  refuted: 'M42 42l36 36m0 -36l-36 36',
  incomplete: 'M38 60h.01M60 60h.01M82 60h.01',
};

/** The verdict as the face of a sort. */
const stamp = (verdict: Verdict): Html =>
  html`<svg class="stamp" viewBox="0 0 120 120" aria-hidden="true"><path class="body" d="M4 4h112v112h-46a10 10 0 0 0 -20 0h-46z"/><rect class="face" x="17" y="15" width="86" height="86" rx="5"/><path class="glyph" d="${GLYPHS[verdict]}"/></svg>`;

function place({ words, format }: Sheet, { file, step, tensor }: Finding): Html {
  const parts = [html`${theirs(file, 300)}`];
  if (step !== undefined) parts.push(html` · ${words.checks.step} ${format.count(step)}`);
  if (tensor !== undefined) parts.push(html` · ${words.checks.tensor} ${theirs(tensor, 300)}`);
  return html`<span class="place">${parts}</span>`;
}

function findingItems(sheet: Sheet, findings: readonly Finding[], most: number): Html {
  const { words, format } = sheet;
  const items = findings
    .slice(0, most)
    .map(
      (finding) =>
        html`<li>${mark(finding.verdict)}<span class="hidden">${words.verdict[finding.verdict]}: </span>${place(sheet, finding)}${record(finding.text)}</li>`,
    );
  const left = findings.length - most;
  return html`<ul>${items}${left > 0 && html`<li>${words.checks.more(format.count(left))}</li>`}</ul>`;
}

function claim(sheet: Sheet): Html {
  const { audit, facts, words, format } = sheet;
  const { verdict, run } = audit;
  const { word, headline, reach, data } = claimOf(facts.standing, words.lang);
  const steps = run.steps === null ? null : format.count(run.steps);
  const caveat = (text: string) => html`<li class="caveat"><span class="mark" aria-hidden="true">!</span>${text}</li>`;
  const terms = [
    html`<li>${mark(facts.held === facts.checks.length ? 'holds' : verdict)}${words.checksHeld(format.count(facts.held), format.count(facts.checks.length))}</li>`,
    ...(verdict === 'holds' && facts.standing.extent !== 'all'
      ? [caveat(roomClaim(evenRoom(audit.room), facts.standing.chance, words.lang))]
      : []),
    audit.bound.vacuous > 0 &&
      caveat(words.boundLine(format.count(audit.bound.vacuous), format.count(audit.bound.tensors))),
    audit.figures === 'maker' && caveat(words.figureLine),
    facts.lodging !== 'office' && caveat(facts.lodging === 'own' ? words.ownLodging : words.notLodged),
  ].filter((item) => item !== false);
  const found =
    facts.findings.length > 0 &&
    html`<div class="found record"><p class="label">${words.firstFindings}</p>${findingItems(
      sheet,
      // What refutes comes first.
      facts.findings
        .map(({ finding }) => finding)
        .sort((a, b) => Number(b.verdict === 'refuted') - Number(a.verdict === 'refuted')),
      3,
    )}</div>`;
  return html`<div class="claim"><p class="label">${words.claimLabel}</p><h1>${words.claim(plain(run.name, 80), steps)}</h1></div>
<div class="verdict v-${verdict}">${stamp(verdict)}<div><p class="label">${words.verdictLabel}</p><p class="headline">${word}</p><p class="meaning">${headline}</p><p>${reach} ${data}</p><ul class="terms">${terms}</ul></div>${found}</div>`;
}

function who({ audit, facts, words, format }: Sheet): Html {
  const { run } = audit;
  const w = words.who;
  const date = (iso: string | null): Html => {
    const known = iso === null ? null : format.date(iso);
    if (known) return html`<time datetime="${known.iso}">${known.text}</time> ${w.zone}`;
    return iso === null ? html`${w.unknown}` : theirs(iso, 60);
  };
  const { lodging: by, sound } = facts;
  const lodging = by === 'none' ? w.lodgedNo : !sound ? w.lodgedSays : by === 'own' ? w.lodgedOwn : w.lodgedYes;
  const number = (n: number | null, text: (n: number) => string) => (n === null ? w.unknown : text(n));
  const fact = (name: string, value: Html | string, note?: string, wide = false) =>
    html`<div class="${wide && 'wide'}"><dt>${name}</dt><dd>${value}${note && html`<small>${note}</small>`}</dd></div>`;
  return section(
    'who',
    w.heading,
    html`<dl class="facts times">${fact(w.made, date(run.madeAt), w.makerClock)}${fact(w.sealed, date(run.sealedAt), w.makerClock)}${
      by !== 'none' && fact(w.lodgedAt, date(run.lodgedAt), w.officeClock)
    }${fact(w.lodging, lodging, undefined, true)}${fact(
      w.maker,
      run.maker === null ? w.unknown : mono(run.maker),
      w.makerNote,
      true,
    )}${run.office !== null && fact(w.office, mono(run.office), w.officeNote, true)}</dl>
<dl class="facts">${fact(w.parameters, number(run.parameters, format.short))}${fact(w.tokens, number(run.tokens, format.short))}${fact(
      w.steps,
      number(run.steps, format.count),
    )}${fact(
      w.valBitsPerByte,
      number(run.valBitsPerByte, (n) => format.decimal(n, 3)),
      w.figure[audit.figures],
    )}</dl>`,
  );
}

function chain(sheet: Sheet): Html {
  const { audit, facts, words, format } = sheet;
  const { chain: c } = words;
  const per = sortsPer(audit);
  const states = new Set(facts.replayed.map(({ verdict }) => verdict));
  const key = (
    [
      ['holds', c.legend.replayed],
      ['refuted', c.legend.differs],
      ['incomplete', c.legend.unfinished],
      ['rest', c.legend.rest],
    ] as const
  )
    .filter(([ink]) => ink === 'rest' || states.has(ink))
    .map(
      ([ink, text]) =>
        html`<li class="square"><svg viewBox="0 0 16 16" aria-hidden="true">${sort(ink, 1, 1, 14)}</svg>${text}</li>`,
    );
  const digests = (
    [
      [c.seed, audit.run.seed],
      [c.head, audit.run.head],
      [c.stateRoot, audit.run.stateRoot],
      [c.challenge, audit.detection.challenge || null],
    ] as const
  ).map(([name, value]) => html`<dt>${name}</dt><dd>${value === null ? html`${words.who.unknown}` : mono(value)}</dd>`);
  return section(
    'chain',
    c.heading,
    html`<p class="lead">${c.lead}</p><figure>${chainPicture(audit, facts, words, format)}<figcaption><ul class="key">${key}${
      per > 1 && html`<li>${c.segmentsNote(format.count(per))}</li>`
    }</ul></figcaption></figure><div class="digests"><h3>${c.digests}</h3><dl>${digests}</dl></div>`,
  );
}

function curve({ audit, facts, words, format }: Sheet): Html {
  const { curve: c } = words;
  const drawn = curvePicture(audit, facts, words, format);
  if (!drawn)
    return section('curve', c.heading, html`<p class="plainly">${c.none}</p><p class="oath">${c.makersWord}</p>`);
  const sample = (name: string, text: string, extra?: Html) =>
    html`<li><svg viewBox="0 0 32 16" aria-hidden="true"><path class="${name}" d="M2 8H30"/>${extra}</svg>${text}</li>`;
  const differs = facts.replayed.some(({ verdict }) => verdict === 'refuted');
  const same = facts.replayed.some(({ verdict }) => verdict === 'holds');
  return section(
    'curve',
    c.heading,
    html`<figure>${drawn.pictures}<figcaption><ul class="key">${same && sample('same', c.replayed)}${
      differs && sample('other', c.differs, html`<path class="cross" d="M12 4l8 8m0 -8l-8 8"/>`)
    }${facts.draw !== 'all' && sample('word', c.rest)}</ul>${
      facts.draw !== 'all' && html`<p class="oath">${c.makersWord}</p>`
    }${drawn.left > 0 && html`<p class="aside">${c.left(format.count(drawn.left))}</p>`}</figcaption></figure>`,
  );
}

function evidence(sheet: Sheet, check: Check): Html {
  const { words, format } = sheet;
  const { findings, notes, detail } = check;
  const left = notes.length - MOST_NOTES;
  return html`<div class="record"><h4>${words.checks.record}</h4><p>${record(detail)}</p></div>${
    findings.length > 0 &&
    html`<div class="record"><h4>${words.checks.findings}</h4>${findingItems(sheet, findings, MOST_FINDINGS)}</div>`
  }${
    notes.length > 0 &&
    html`<div class="record"><h4>${words.checks.notes}</h4><ul class="notes">${notes
      .slice(0, MOST_NOTES)
      .map(
        (note) => html`<li>${record(note)}</li>`,
      )}${left > 0 && html`<li>${words.checks.more(format.count(left))}</li>`}</ul></div>`
  }`;
}

function replayedTable({ facts, words, format }: Sheet): Html | false {
  if (facts.replayed.length === 0) return false;
  const c = words.checks;
  // Where there are too many, those that did not come out the same are shown first.
  const many = facts.replayed.length > MOST_REPLAYED;
  const order = many
    ? [...facts.replayed].sort((a, b) => Number(a.verdict === 'holds') - Number(b.verdict === 'holds'))
    : facts.replayed;
  const rows = order
    .slice(0, MOST_REPLAYED)
    .map(
      ({ index, from, to, why, verdict }) =>
        html`<tr><th scope="row">${format.count(index)}</th><td>${format.count(from)}–${format.count(to)}</td><td>${c.why[why]}</td><td>${mark(verdict)} ${c.result[verdict]}</td></tr>`,
    );
  const { segment, steps, why, result } = c.replayedColumns;
  return html`<table><caption>${c.replayedCaption}</caption><thead><tr><th scope="col">${segment}</th><th scope="col">${steps}</th><th scope="col">${why}</th><th scope="col">${result}</th></tr></thead><tbody>${rows}</tbody></table>${
    many && html`<p class="aside">${c.more(format.count(facts.replayed.length - MOST_REPLAYED))}</p>`
  }`;
}

function checks(sheet: Sheet): Html {
  const { facts, words } = sheet;
  const c = words.checks;
  const items = facts.checks.map(({ name, check }) => {
    const { name: label, question, answer } = c.words[name];
    const state = check ? c.state[check.verdict] : '';
    return html`<li><div class="head"><h3>${mark(check?.verdict ?? null)}<span>${label}</span></h3><p class="state">${state}</p></div><div class="body"><p class="question">${question}</p><p class="answer">${
      check ? answer[check.verdict] : c.notRun
    }</p>${check && evidence(sheet, check)}${name === 'replay' && replayedTable(sheet)}</div></li>`;
  });
  return section('checks', c.heading, html`<p class="lead">${c.lead}</p><ol class="checks">${items}</ol>`);
}

/** What can have been planted, by tensors and by the chance of staying unseen. */
function room({ audit, facts, words, format }: Sheet): Html {
  const w = words.chance.room;
  const heading = html`<h3>${w.heading}</h3>`;
  const [first] = audit.room ?? [];
  if (!audit.room || !first) return html`${heading}<p class="plainly">${w.none}</p>`;
  if (facts.standing.chance === null)
    return html`${heading}<p class="plainly">${roomClaim(evenRoom(audit.room), null, words.lang)}</p>`;
  const heads = audit.room.map(
    ({ unseen, forged }) =>
      html`<th scope="col" class="right" colspan="2">${w.unseen(format.atLeast(unseen), format.count(forged))}</th>`,
  );
  const columns = audit.room.map(
    () =>
      html`<th scope="col" class="right">${w.columns.way}</th><th scope="col" class="right">${w.columns.distance}</th>`,
  );
  const rows = first.groups.map(({ group }, i) => {
    const cells = audit.room!.map(({ groups }) => {
      const one = groups[i]!;
      return html`<td class="right strong">${format.atMost(one.ofWay)}</td><td class="right">${format.atMost(one.ofDistance)}</td>`;
    });
    return html`<tr><th scope="row">${w.groups[group] ?? group}</th>${cells}</tr>`;
  });
  return html`${heading}<p class="lead">${w.lead}</p><table><caption>${w.caption}</caption><thead><tr><th scope="col" rowspan="2">${w.columns.group}</th>${heads}</tr><tr>${columns}</tr></thead><tbody>${rows}</tbody></table>`;
}

function chance(sheet: Sheet): Html {
  const { audit, facts, words, format } = sheet;
  const { detection } = audit;
  const c = words.chance;
  const reason =
    detection.reason && facts.draw !== 'self'
      ? html`<div class="record"><h4>${c.reason}</h4><p>${record(detection.reason)}</p></div>`
      : null;
  if (!detection.claimed) {
    const { draw } = facts;
    const text = draw === 'claimed' ? c.none : c[draw];
    return section(
      'chance',
      c.heading,
      html`<p class="plainly">${text}</p>${reason}${facts.draw !== 'all' && room(sheet)}`,
    );
  }
  const rows = facts.chances.map(
    ({ forged, chance: odds }) =>
      html`<tr><th scope="row" class="right">${format.count(forged)}</th><td class="right">${format.atLeast(
        detection.candidates > 0 ? forged / detection.candidates : Number.NaN,
      )}</td><td class="right strong">${format.atLeast(odds)}</td></tr>`,
  );
  const text = c.claimed(
    format.count(detection.segments),
    format.count(detection.candidates),
    format.count(detection.drawn),
  );
  return section(
    'chance',
    c.heading,
    html`${facts.draw === 'all' && html`<p class="plainly">${c.all}</p>`}<p class="lead">${text}</p><table><caption>${c.caption}</caption><thead><tr><th scope="col" class="right">${c.columns.forged}</th><th scope="col" class="right">${c.columns.share}</th><th scope="col" class="right">${c.columns.chance}</th></tr></thead><tbody>${rows}</tbody></table><p class="aside">${c.only}</p>${reason}${facts.draw !== 'all' && room(sheet)}`,
  );
}

function cost({ audit, words, format }: Sheet): Html {
  const { steps, replayedSteps, share, replaySeconds, ofTraining } = audit.cost;
  const c = words.cost;
  const fact = (name: string, value: string) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  return section(
    'cost',
    c.heading,
    html`<p class="lead">${c.lead(format.count(replayedSteps), format.count(steps), format.atLeast(share))}</p><dl class="facts">${fact(
      c.steps,
      format.count(replayedSteps),
    )}${fact(c.share, format.atLeast(share))}${fact(c.replay, format.duration(replaySeconds))}${fact(
      c.total,
      format.duration(audit.seconds),
    )}${ofTraining !== null && fact(c.ofTraining, format.atLeast(ofTraining))}</dl>`,
  );
}

function limits({ facts, words }: Sheet): Html {
  const { heading, lead, items, time } = words.limits;
  const last = time[facts.lodging];
  return section(
    'limits',
    heading,
    html`<p class="lead">${lead}</p><ol class="limits">${items.map((item) => html`<li>${item}</li>`)}</ol><p class="plainly">${last}</p>`,
  );
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

function footer({ audit, facts, words }: Sheet): Html {
  const { challenge } = audit.detection;
  const again = againOptions(audit, facts);
  const repeat = /^[0-9a-f]{64}$/.test(challenge) ? ` --challenge ${challenge}` : '';
  return html`<footer><h2>${words.again.heading}</h2><p>${words.again.text}</p><code>jikji audit RUN${again}${repeat}</code><p class="colophon">${words.colophon}</p></footer>`;
}

/** One self-contained page. The same audit gives the same bytes. */
export function reportHtml(audit: Audit, lang: Lang): string {
  const words = lang === 'ko' ? ko : en;
  const sheet: Sheet = { audit, facts: factsOf(audit), words, format: formatFor(lang) };
  const hash = createHash('sha256').update(STYLES).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
${
  html`<html lang="${words.lang}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark"><title>${words.title(plain(audit.run.name, 80))}</title>`
    .text
}<style>${STYLES}</style>${
    html`</head><body><div class="leaf"><header class="masthead"><p class="brand">${words.brand}</p>${nameInType(audit.run.name)}</header><main>
${claim(sheet)}
${who(sheet)}
${chain(sheet)}
${curve(sheet)}
${checks(sheet)}
${chance(sheet)}
${cost(sheet)}
${limits(sheet)}
</main>${footer(sheet)}</div></body></html>`.text
  }
`;
}
