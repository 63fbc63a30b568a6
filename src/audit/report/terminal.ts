// The report for a terminal, readable in ten seconds: the verdict, a line per check, the replayed segments and what they prove, the cost,
// and the commands that show more. English only; knows no streams.

import { textWidth, wrap } from '../../base/index.ts';
import { formatFor, plain, reportMark } from '../../page-kit/text/index.ts';
import { claimOf, linkClaims, linksOf } from '../claims.ts';
import { evenRoom } from '../room.ts';
import { makersOfRun } from '../standing.ts';
import type { Audit, Segment } from '../types.ts';
import { type Facts, factsOf, type SegmentState, segmentStates } from './facts.ts';
import { addCheck, COLOUR, Page, type Paint, type TerminalStyle } from './terminal-page.ts';

export interface TerminalOptions {
  /** Columns. */
  width: number;
  style: TerminalStyle;
  /** The command that starts the program; default `jikji`. */
  jikji?: string | undefined;
  /** The audited run, as the user must type it; default `RUN`. */
  target?: string | undefined;
  /** The options that decided what was checked, as the user must type them again. */
  options?: readonly string[] | undefined;
  /** Whether the user asked to compare the texts with their sources: then each source is listed with its result. */
  sources?: boolean | undefined;
}

const MAX_SOURCES = 7;
const MAX_SPANS = 8;
const format = formatFor('en');

/** `2026-01-14 23:58 UTC` */
function date(iso: string): string {
  const known = format.date(iso);
  return known ? `${known.iso.slice(0, 16).replace('T', ' ')} UTC` : plain(iso, 40);
}

const CELLS: Record<SegmentState, string> = { rest: '·', holds: '█', incomplete: '?', refuted: '✕' };

/** All segments in one row of characters. */
function strip(segments: readonly Segment[], facts: Facts, width: number): string {
  const cells = Math.min(width, segments.length);
  const inks = segmentStates(segments, facts, (position) => Math.floor((position / segments.length) * cells));
  return inks.map((ink) => CELLS[ink]).join('');
}

function replayedText(audit: Audit, facts: Facts): string {
  const { cost, run } = audit;
  const of = (n: number, all: number, what: string) => `${format.count(n)} of ${format.count(all)} ${what}`;
  const done = facts.replayed.filter(({ verdict }) => verdict !== 'incomplete').length;
  const segments = of(done, Math.max(run.segments.length, done), 'segments');
  return `${segments}, ${of(cost.replayedSteps, cost.steps, 'steps')} (${format.atLeast(cost.share)})`;
}

function spans(facts: Facts): string {
  const texts = facts.replayed
    .slice(0, MAX_SPANS)
    .map(({ from, to, why }) => `${why} ${format.count(from)}–${format.count(to)}`);
  const omitted = facts.replayed.length - MAX_SPANS;
  return texts.join(' · ') + (omitted > 0 ? ` · and ${format.count(omitted)} more` : '');
}

function chanceText(audit: Audit, facts: Facts): string {
  if (facts.draw === 'all')
    return `${facts.self ? 'self-audit, but ' : ''}nothing ${linksOf(facts.standing).length === 1 ? '' : 'of this run '}left to chance: every segment was replayed`;
  if (facts.draw === 'self') return 'self-audit, no detection claimed';
  if (facts.draw === 'void') return `no detection claimed: ${plain(audit.detection.reason, 200)}`;
  if (facts.draw === 'none') return 'no segment drawn at random, no detection claimed';
  const { candidates } = audit.detection;
  const odds = facts.chances.map(({ forged, chance }) => `${format.count(forged)}: ${format.atLeast(chance)}`);
  return `of catching a forgery, by segments forged of ${format.count(candidates)}:  ${odds.join(' · ')} (${plain(audit.detection.reason, 200)})`;
}

function roomText({ room }: Audit, { standing }: Facts): string {
  if (!room) return 'the share of the way that a forger can have forged unseen is not known';
  if (standing.chance === null)
    return `segments not trained again hold ${format.atMost(evenRoom(room) ?? Number.NaN)} of the way`;
  const parts = room.map(({ unseen, groups }) => {
    const all = groups.find(({ group }) => group === 'all')!;
    const chance = unseen === 0.5 ? 'an even chance' : `a chance of ${format.atLeast(unseen)}`;
    return `unseen with ${chance}: segments that hold at most ${format.atMost(all.ofWay)} of the way`;
  });
  return parts.join(' · ');
}

/** Lines of at most `width` columns (at least 40), without line ends. Commands to type are never broken: they may be longer. */
export function reportLines(audit: Audit, options: TerminalOptions): string[] {
  const page = new Page(Math.max(40, Number.isFinite(options.width) ? Math.floor(options.width) : 80));
  const facts = factsOf(audit);
  addVerdict(page, audit, facts, options.style);
  page.line('');
  const { style, sources } = options;
  for (const { name, check } of facts.checks)
    addCheck(page, name, check, style, sources && name === 'data' ? (dim) => addSources(page, audit, dim) : undefined);
  page.line('');
  addWorth(page, audit, facts, options.style);
  page.line('');
  addCommands(page, facts, options);
  return page.lines;
}

/** Adds the verdict, the claim that it allows, and the keys of maker and office. */
function addVerdict(page: Page, audit: Audit, facts: Facts, style: TerminalStyle): void {
  const { verdict, run } = audit;
  const { width } = page;
  const claim = claimOf(facts.standing, 'en');
  const head = `${reportMark(verdict).sign} ${claim.word.toUpperCase()}`;
  const title = wrap(`${plain(run.name, 80)}: ${claim.headline}`, Math.max(20, width - textWidth(head) - 2));
  title.forEach((line, i) => {
    page.line(
      i === 0 ? `${style('bold', style(COLOUR[verdict], head))}  ${line}` : `${' '.repeat(textWidth(head) + 2)}${line}`,
    );
  });
  const says = [claim.beginning, claim.reach, claim.data].filter((text) => text !== null);
  const { vacuous, tensors } = audit.bound;
  if (vacuous > 0)
    says.push(`The bound on movement says little of ${format.count(vacuous)} of ${format.count(tensors)} tensors.`);
  if (audit.figures === 'maker') says.push("The validation figure is the maker's word.");
  for (const line of says.flatMap((text) => wrap(text, width - 2))) page.line(`  ${line}`);
  const keys = makersOfRun(run).map((key) => plain(key, 200).slice(0, 16));
  const maker = keys.length === 0 ? 'maker unknown' : `maker${keys.length > 1 ? 's' : ''} ${keys.join(', then ')}`;
  const office = run.office === null ? 'office unknown' : `office ${plain(run.office, 200).slice(0, 16)}`;
  const when = {
    none: 'not lodged: no trusted time',
    own: 'lodged by the maker himself: no trusted time',
    office: `lodged ${date(run.lodgedAt ?? '')}, ${office}`,
    register: `lodged ${date(run.lodgedAt ?? '')}, ${office}, as its register shows`,
  }[facts.lodging];
  for (const line of wrap(`${maker} · ${when}`, width - 2)) page.line(`  ${style('dim', line)}`);
  if (verdict === 'holds') addLinks(page, facts, style);
}

/** Adds what is said of each run of a chain. */
function addLinks(page: Page, { standing }: Facts, style: TerminalStyle): void {
  if (linksOf(standing).length === 1) return;
  for (const { name, word, ...said } of linkClaims(standing, 'en')) {
    page.line('');
    for (const line of wrap(`${name}: ${word}`, page.width - 2)) page.line(`  ${style('bold', line)}`);
    const sentences = Object.values(said).filter((text) => text !== null);
    for (const line of wrap(sentences.join(' '), page.width - 4)) page.line(`    ${line}`);
  }
}

/** Adds the sources of the corpus: whether the texts were compared with each, and the reason. */
function addSources(page: Page, { data: { sources } }: Audit, dim: Paint): void {
  for (const source of sources.slice(0, MAX_SOURCES)) {
    const how = source.standing === 'compared' ? 'compared' : 'not compared';
    page.under(`${how}: ${plain(source.name, 100)}: ${plain(source.reason, 300)}`);
  }
  const more = sources.length - MAX_SOURCES;
  if (more > 0) page.under(`and ${format.count(more)} more: --json lists all`, dim);
}

/** Adds the replayed segments, what they prove against a forger, and the cost. */
function addWorth(page: Page, audit: Audit, facts: Facts, style: TerminalStyle): void {
  const row = (name: string, text: string) => page.entry(`    ${name}`, `    ${style('bold', name)}`, text);
  row('replayed', replayedText(audit, facts));
  const cells = strip(audit.run.segments, facts, Math.min(page.body, 96));
  if (cells) page.under(cells, (l) => style('cyan', l));
  if (facts.replayed.length) page.under(spans(facts), (l) => style('dim', l));
  row('chance', chanceText(audit, facts));
  if (facts.draw !== 'all') row('room', roomText(audit, facts));
  const { ofTraining } = audit.cost;
  const share = ofTraining === null ? '' : `, ${format.atLeast(ofTraining)} of the time that training takes here`;
  row('cost', `${format.duration(audit.seconds)}${share}; ${format.duration(audit.cost.replaySeconds)} of it replay`);
}

/** Adds the commands that show more. */
function addCommands(
  page: Page,
  facts: Facts,
  { style, jikji = 'jikji', target = 'RUN', options = [] }: TerminalOptions,
): void {
  const { width } = page;
  const others = options.filter((option) => !/^--(replay|segments) /.test(option));
  for (const [command, purpose] of [
    [
      [jikji, 'audit', target, ...options, '--report report.html'].join(' '),
      'the whole report, and what this does not prove',
    ],
    facts.draw !== 'all' && [[jikji, 'audit', target, ...others, '--replay all'].join(' '), 'leave nothing to chance'],
  ].filter((item) => item !== false)) {
    const fits = textWidth(command) + textWidth(purpose) + 6 <= width;
    if (fits) page.line(`    ${command}  ${style('dim', purpose)}`);
    else {
      page.line(`    ${command}`);
      for (const line of wrap(purpose, width - 6)) page.line(`      ${style('dim', line)}`);
    }
  }
}
