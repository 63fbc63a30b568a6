// The result of a comparison for a terminal, readable in ten seconds: for each reference what was found, a line for each part, what was
// compared, what was not tested, and what this does not say. English only; knows no streams.

import { textWidth, wrap } from '../../base/index.ts';
import { formatFor, markOf, plain, shortDigest, wordFor } from '../../page-kit/text/index.ts';
import type { Verdict } from '../comparison/index.ts';
import { dateOf } from '../dates.ts';
import type { Lineage } from '../lineage.ts';
import { chanceText } from './chance.ts';
import { en } from './en.ts';
import { factsOf, type GroupFacts, isFound, type ReferenceFacts, repeatOptions } from './facts.ts';
import { likenessesOf } from './likeness.ts';
import {
  beyondText,
  cosineText,
  likenessName,
  meaningOf,
  nounOf,
  partName,
  seenTexts,
  startText,
  testText,
} from './sentences.ts';

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan';
type TerminalStyle = (style: Style, text: string) => string;

interface TerminalOptions {
  /** Columns. */
  width: number;
  style: TerminalStyle;
  /** The command that starts the program; default `jikji`. */
  jikji?: string | undefined;
}

const COLOUR: Record<Verdict, Style> = {
  identical: 'cyan',
  shares: 'cyan',
  trace: 'yellow',
  none: 'bold',
  untestable: 'yellow',
};
const MAX_REFERENCES = 40;
const MAX_UNTESTED = 8;
/** Mark and name of a part, and the space after them. */
const INDENT = 26;
/** A terminal this narrow has no margin: names stand above their texts. */
const NARROW = 72;

const format = formatFor('en');
const POWERS = { ...en.chance, power: (exponent: string) => `1 in 10^${exponent}` };

type Paint = (line: string) => string;
const asIs: Paint = (line) => line;

/** Lines that are being written. */
class Page {
  readonly lines: string[] = [];
  readonly width: number;

  constructor(width: number) {
    this.width = width;
  }

  /** Adds a wrapped text, `indent` columns from the left. */
  text(text: string, indent = 2, paint = asIs): void {
    for (const line of wrap(text, this.width - indent)) this.lines.push(' '.repeat(indent) + paint(line));
  }

  /** Adds a name in the margin with a wrapped text beside it. `shown` is `margin` with its styles. */
  entry(margin: string, shown: string, text: string, paint = asIs): void {
    const isNarrow = this.width < NARROW || textWidth(margin) >= INDENT;
    const indent = this.width < NARROW ? 6 : INDENT;
    if (isNarrow) this.lines.push(shown);
    for (const [i, line] of wrap(text, this.width - indent).entries()) {
      const space = isNarrow || i > 0 ? indent : indent - textWidth(margin);
      this.lines.push(`${isNarrow || i > 0 ? '' : shown}${' '.repeat(space)}${paint(line)}`);
    }
  }
}

function groupText({ group, test, lnChance, isMoved }: GroupFacts): string {
  const { verdict, equality, strength } = group;
  if (verdict === 'untestable') return group.untested.map((reason) => plain(reason, 300)).join('; ');
  const seen = test && testText({ test, noun: nounOf(group.kind, en), withExpected: !isFound(verdict) }, en, format);
  const chance = lnChance >= 0 ? en.asChance : en.byChance(chanceText(lnChance, POWERS, format));
  const median = strength && Number.isFinite(strength.median) && `strength ${cosineText(strength.median, format)}`;
  const moved = median && isMoved ? `${median} (${en.strengthMoved})` : median;
  return [equality && en.equality[equality], seen && `${seen}; ${chance}`, moved].filter(Boolean).join('; ');
}

/** Adds the verdict on a reference, and a line for each part. */
function addVerdict(page: Page, reference: ReferenceFacts, result: Lineage, style: TerminalStyle): void {
  const { headline, groups, result: found } = reference;
  const head = `${markOf(headline).sign} ${en.headline[headline].toUpperCase()}`;
  const names = `${plain(result.suspect.name, 80)} and ${plain(found.model.name, 80)}`;
  for (const [i, line] of wrap(names, Math.max(20, page.width - textWidth(head) - 2)).entries())
    page.lines.push(i === 0 ? `${style('bold', style(COLOUR[headline], head))}  ${line}` : `    ${line}`);
  for (const text of meaningOf(reference, en)) page.text(text);
  for (const facts of groups) {
    const { verdict } = facts.group;
    const name = `  ${markOf(verdict).sign} ${partName(facts.group, found, en)}`;
    page.entry(name, style(COLOUR[verdict], name), `${en.verdicts[verdict].toUpperCase()}: ${groupText(facts)}`);
  }
  if (groups.length === 0) page.text(en.parts.nothing);
}

/** Adds what stands beside a verdict: what a copy would have shown, tokenizer, evidence, digest, what was not tested. */
function addDetails(page: Page, reference: ReferenceFacts, style: TerminalStyle): void {
  const { headline, groups, result: found, missing } = reference;
  const under = (name: string, text: string): void => page.entry(`    ${name}`, `    ${style('dim', name)}`, text);
  const seen = seenTexts(reference, en, format);
  for (const [i, text] of seen.entries()) under(i === 0 ? 'what a copy shows' : '', text);
  under('looks alike', likenessText(reference));
  const beyond = beyondText(reference, en);
  if (beyond) under('', beyond);
  if (isFound(headline)) under('not ruled out', startText(reference, en));
  under('evidence', found.kinship ? `${en.kinship[found.kinship]} ${en.kinship.word}` : en.kinship.none);
  under('tokenizer', tokenizerText(reference));
  under(
    'compared',
    `${plain(found.model.family, 80)}, ${format.bytes(found.model.bytes)}; ${format.count(Math.max(0, ...found.towers.map(({ tokens }) => tokens)))} shared tokens`,
  );
  under('digest', found.model.digest + (found.model.sketched ? ` (${en.compared.sketched})` : ''));
  if (found.bySketch) under('drawn', en.compared.bySketch);
  const untested = [
    ...missing.map(({ model, tower }) => `${model}: ${wordFor(en.towers, tower)}: ${en.untested.missing}`),
    ...found.untested.map(({ model, part, why }) => `${model}: ${plain(part, 120)}: ${plain(why, 300)}`),
    ...groups
      .filter(({ group }) => group.verdict !== 'untestable')
      .flatMap(({ group }) => group.untested.map((why) => `${partName(group, found, en)}: ${plain(why, 300)}`)),
  ];
  for (const [i, text] of untested.slice(0, MAX_UNTESTED).entries()) under(i === 0 ? 'not tested' : '', text);
  const more = untested.length - MAX_UNTESTED;
  if (more > 0) under('', `and ${format.count(more)} more: --json lists all`);
}

function likenessText({ result }: ReferenceFacts): string {
  const found = likenessesOf(result).map((one) => {
    const name = `${likenessName(one, result, en)} ${cosineText(one.value, format)}`;
    return one.independent === undefined ? name : `${name} (${en.likeness.least(cosineText(one.independent, format))})`;
  });
  return found.length === 0 ? en.noStrength : `${found.join('; ')}: ${en.likeness.none}`;
}

function tokenizerText({ result: { tokenizer } }: ReferenceFacts): string {
  if (!tokenizer) return en.tokenizer.unknown;
  if (tokenizer.sameFile) return `${en.tokenizer.same} ${en.tokenizer.meaning}`;
  const { shared, suspect, reference, sameId } = tokenizer;
  const [all, ours, theirs, equal] = [shared, suspect, reference, sameId].map(format.count);
  return `${en.tokenizer.counts(all!, ours!, theirs!, equal!)} ${en.tokenizer.meaning}`;
}

/** Adds what holds for all references: the examined model, the draw, the limit. */
function addDraw(page: Page, { suspect, challenge, challengeGiven, alpha, tried, rows }: Lineage): void {
  page.text(`examined: ${plain(suspect.name, 80)} (${plain(suspect.family, 80)}, ${format.bytes(suspect.bytes)})`);
  page.text(suspect.digest);
  const drawn = rows >= Number.MAX_SAFE_INTEGER ? 'all units' : `at most ${format.count(rows)} units of each block`;
  const references = `${format.count(tried)} ${tried === 1 ? 'reference' : 'references'}`;
  page.text(
    `drawn: ${drawn}, by challenge ${shortDigest(challenge)}, ${en.compared.challengeNote[challengeGiven ? 'given' : 'drawn']}`,
  );
  page.text(`“shares weights” needs a chance below ${alpha}, for all parts and the ${references} said to be tried`);
  page.text('strength: the median cosine of units at the same place');
}

/** What is known of the order in time. */
function dateTexts(result: Lineage, references: readonly ReferenceFacts[]): string[] {
  if (result.dates.length === 0) return [en.dates.none];
  const timeOf = ({ digest }: Lineage['suspect']): string => dateOf(result, digest)?.time ?? en.dates.unknown;
  const suspect = timeOf(result.suspect);
  return references.slice(0, MAX_REFERENCES).flatMap(({ order, result: { model } }) => {
    const name = references.length > 1 ? `${plain(model.name, 80)}: ` : '';
    const said = en.dates.first(timeOf(model), suspect);
    const { noDate, suspectFirst } = en.caveats;
    return [`${name}${said}`, ...(order === 'unknown' ? [noDate] : order === 'suspect-first' ? [suspectFirst] : [])];
  });
}

/** Lines of at most `width` columns (at least 40), without line ends. Commands to type are never broken: they may be longer. */
export function lineageLines(result: Lineage, { width, style, jikji = 'jikji' }: TerminalOptions): string[] {
  const page = new Page(Math.max(40, Number.isFinite(width) ? Math.floor(width) : 80));
  const all = factsOf(result).references;
  const references = all.slice(0, MAX_REFERENCES);
  for (const reference of references) {
    addVerdict(page, reference, result, style);
    page.lines.push('');
  }
  if (all.length > references.length)
    page.text(`and ${format.count(all.length - references.length)} references more: --json has all`);
  for (const reference of references) {
    if (references.length > 1) page.text(plain(reference.result.model.name, 80), 2, (line) => style('bold', line));
    addDetails(page, reference, style);
  }
  page.lines.push('');
  addDraw(page, result);
  page.lines.push('');
  for (const text of [en.limits.proves, ...dateTexts(result, all), en.seen.hidden]) page.text(text);
  page.lines.push('');
  page.lines.push(`    ${jikji} lineage SUSPECT ${repeatOptions(result)}`);
  page.text('the same comparison again; --report writes a page about it', 6, (line) => style('dim', line));
  return page.lines;
}
