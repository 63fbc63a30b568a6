// The audit of a witnessed run as one self-contained page. Words come from en.ts and ko.ts.

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
  plainStatement,
  record,
  recordBlock,
  section,
  verdictPanel,
} from '../../../page-kit/document/index.ts';
import {
  cell,
  columnHeads,
  Fact,
  Facts,
  type Format,
  formatFor,
  type Lang,
  plain,
  Table,
  TERMS,
} from '../../../page-kit/index.ts';
import { claimOfWitness, wordsOf } from '../claim.ts';
import { WITNESS_CHECKS, type WitnessAudit, type WitnessCheckName } from '../types.ts';
import type { WitnessWords } from './en.ts';

interface Sheet {
  audit: WitnessAudit;
  name: string;
  words: WitnessWords['page'];
  format: Format;
}

/** Paler than what came out to the bit; what is not told looks as what is incomplete. */
const STYLES =
  '.v-consistent .headline{color:var(--replay)}.v-consistent .face{fill:none;stroke:var(--replay)}.v-consistent .glyph{stroke:var(--replay);fill:none}' +
  '.v-not-told .headline{color:var(--incomplete)}.v-not-told .face{fill:none;stroke:var(--incomplete);stroke-dasharray:7 5}.v-not-told .glyph{stroke:var(--incomplete)}';

/** The checks that were run, or belong to every audit, in their order. */
const checksOf = ({ checks, register }: WitnessAudit) =>
  WITNESS_CHECKS.filter((name) => name !== 'register' || register !== null).map((name) => ({
    name,
    check: checks.find((check) => check.name === name) ?? null,
  }));

function claim(sheet: Sheet): ComponentChildren {
  const { audit, name, words, format } = sheet;
  const { word, headline, limits } = claimOfWitness(audit, format.lang);
  const checks = checksOf(audit);
  const held = checks.filter(({ check }) => check?.verdict === 'holds').length;
  const findings = audit.checks.flatMap((check) => check.findings);
  const steps = audit.run.planned === null ? null : format.count(audit.run.planned);
  return [
    claimBlock(words.claimLabel, words.claim(plain(name, 80), steps)),
    verdictPanel(
      audit.verdict,
      { label: words.verdictLabel, word },
      [
        paragraph('meaning', `${headline}.`),
        paragraph('label', words.notShown),
        h('ul', { class: 'terms' }, [
          limits.map(caveat),
          item(
            mark(held === checks.length ? 'holds' : audit.verdict === 'refuted' ? 'refuted' : 'incomplete'),
            words.checksHeld(format.count(held), format.count(checks.length)),
          ),
        ]),
      ],
      firstFindings(words.firstFindings, findings, format),
    ),
  ];
}

/** An environment in a line; its members are texts from outside. */
function environmentText(of: Readonly<Record<string, unknown>>, words: Sheet['words']): string {
  const text = (key: string): string => plain(String(of[key] ?? '?'), 80);
  return words.who.environment(text('torch'), text('device'), text('capability'), text('threads'));
}

function who({ audit, words, format }: Sheet): JSX.Element {
  const { run, environment } = audit;
  const w = words.who;
  const time = (iso: string | null): ComponentChildren => (iso === null ? w.unknown : documentTime(iso, format));
  const key = (digest: string | null): ComponentChildren => (digest === null ? w.unknown : mono(digest));
  const number = (n: number | null, text: (n: number) => string): string => (n === null ? w.unknown : text(n));
  const { declared, own } = environment;
  return section('who', w.heading, [
    h(Facts, { class: 'times' }, [
      h(Fact, { name: w.made, note: w.makerClock }, time(run.madeAt)),
      h(Fact, { name: w.sealed, note: w.makerClock }, time(run.sealedAt)),
      h(
        Fact,
        { name: w.lodged, note: run.lodgedAt === null ? undefined : w.officeClock },
        run.lodgedAt === null ? w.notLodged : time(run.lodgedAt),
      ),
      h(Fact, { name: w.maker, note: w.makerNote, wide: true }, key(run.maker)),
      run.office !== null && h(Fact, { name: w.office, note: w.officeNote, wide: true }, key(run.office)),
      h(Fact, { name: w.code, note: own ? w.codeNote : w.codeNotRun, wide: true }, key(run.code)),
      h(Fact, { name: w.declared, wide: true }, declared ? outsideText(environmentText(declared, words)) : w.unknown),
      h(Fact, { name: w.own, wide: true }, own ? outsideText(environmentText(own, words)) : w.ownNone),
    ]),
    h(Facts, null, [
      h(Fact, { name: w.parameters }, number(run.parameters, format.short)),
      h(Fact, { name: w.steps }, number(run.steps, format.count)),
      h(Fact, { name: w.ranks }, number(run.ranks, format.count)),
    ]),
  ]);
}

function checks(sheet: Sheet): JSX.Element {
  const { audit, words, format } = sheet;
  const { lang } = format;
  const c = words.checks;
  const body = (name: WitnessCheckName, check: WitnessAudit['checks'][number] | null): ComponentChildren => {
    const question = paragraph('question', c.questions[name]);
    const why = audit.notChecked[name];
    if (!check)
      return [
        question,
        paragraph('answer', c.notRun),
        why !== undefined && recordBlock(c.record, line(record({ en: why, ko: audit.ko?.notChecked[name] }, lang))),
      ];
    return [question, checkRecord(check, c, format)];
  };
  const items = checksOf(audit).map(({ name, check }) =>
    headedBlock(
      [mark(check?.verdict ?? null), h('span', null, c.names[name])],
      check ? TERMS[lang].verdicts[check.verdict] : c.notRun,
      body(name, check),
    ),
  );
  return ledSection('checks', c.heading, c.lead, orderedList('checks', items));
}

function chance({ audit, words, format }: Sheet): JSX.Element {
  const { detection, extent } = audit;
  const c = words.chance;
  if (extent === 'all') return section('chance', c.heading, plainStatement(c.all));
  const reason =
    detection.reason &&
    recordBlock(c.reason, line(record({ en: detection.reason, ko: detection.ko?.reason }, format.lang)));
  if (!detection.claimed) return section('chance', c.heading, [plainStatement(c.none), reason]);
  const rows = detection.chances.map((one) =>
    h('tr', null, [
      h('th', { scope: 'row', class: 'right' }, format.count(one.forged)),
      cell(format.atLeast(one.chance), 'right strong'),
    ]),
  );
  const counts = [detection.segments, detection.candidates, detection.drawn].map((n) => format.count(n));
  return section('chance', c.heading, [
    paragraph('lead', c.lead(counts[0]!, counts[1]!, counts[2]!)),
    h(Table, { caption: c.caption, head: columnHeads([c.columns.forged, c.columns.chance], 'right') }, rows),
    reason,
  ]);
}

function room({ audit: { tolerance, gradients, coherence }, words, format }: Sheet): JSX.Element {
  const w = words.room;
  if (!tolerance) return section('room', w.heading, plainStatement(w.none));
  const told = gradients.length - tolerance.blind;
  return section('room', w.heading, [
    plainStatement(w.lead(tolerance.difference.toExponential(1), format.count(told))),
    tolerance.blind > 0 && plainStatement(w.blind(format.count(tolerance.blind))),
    plainStatement(
      coherence
        ? w.coherence(
            format.count(coherence.steps),
            format.decimal(coherence.mean, 3),
            format.decimal(coherence.deviations, 1),
          )
        : w.noCoherence,
    ),
  ]);
}

const limits = ({ words: { limits: w } }: Sheet): JSX.Element =>
  ledSection('limits', w.heading, w.lead, orderedList('limits', w.items));

/** `name` is what the run is called. The same audit gives the same bytes. */
export function witnessHtml(audit: WitnessAudit, name: string, lang: Lang): string {
  const words = wordsOf(lang).page;
  const sheet: Sheet = { audit, name, words, format: formatFor(lang) };
  const { challenge } = audit.detection;
  const repeat = /^[0-9a-f]{64}$/.test(challenge) && audit.extent !== 'all' ? ` --challenge ${challenge}` : '';
  const all = audit.extent === 'all' ? ' --replay all' : '';
  return documentHtml({
    lang,
    title: words.title(plain(name, 80)),
    styles: STYLES,
    brand: words.brand,
    masthead: paragraph('brand', outsideText(name, 200)),
    main: [claim, who, checks, chance, room, limits].map((part) => part(sheet)),
    footer: { text: words.again, command: `jikji audit RUN --code FILE --python COMMAND --data DIR${all}${repeat}` },
  });
}
