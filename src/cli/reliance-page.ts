// The value chain of a run on a terminal: a line for each component, the index, and the what-if.

import { count, textWidth, wrap } from '../base/index.ts';
import { countryText } from '../formats/index.ts';
import { fewestText, operationTexts } from './chain-report.ts';
import type { RelianceReport } from './reliance-report.ts';
import { fit, percent, percents } from './text.ts';

const MARKS = { home: '█', abroad: '░', unknown: '·' };
const RANK = { home: 0, abroad: 1, unknown: 2 };
const BAR = 10;
const LAYER = 11;
/** The most parts shown of a layer. */
const MAX_PARTS = 3;
const LABEL = 9;
const WORDS: Record<string, string> = { 'data-center': 'data center' };
const layerName = (layer: string): string => WORDS[layer] ?? layer;

/** Columns for a layer's line; with fewer, its parts are listed under it. */
const MIN_WIDTH = 70;

/** Lines of at most `width` columns. */
export function reliancePage(report: RelianceReport, width: number): string[] {
  const { index, home, homeBy } = report;
  const by = { option: '', catalogue: ', by the catalogue', default: ' unless --home says otherwise' }[homeBy];
  const done = report.kind === 'training' ? 'made' : 'served';
  const made = { all: 'as it was made', part: 'as far as it was made', none: 'not trained yet' }[report.recorded.made];
  const alone = report.kind === 'training' ? made : 'when it is served';
  const where = report.on === null ? alone : `as if ${done} on ${report.on.name}`;
  const lines = [
    `${report.run}, ${where}`,
    `Home is ${home.map(countryText).join(', ')}${by}.`,
    '',
    `${' '.repeat(LAYER + 2 + BAR)}  home`,
    ...index.layers.flatMap((layer) => layerLines(report, layer, width)),
    `${MARKS.home} home  ${MARKS.abroad} abroad  ${MARKS.unknown} not known  * nobody read it in a source`,
    'held: a copy is, under an open licence, whatever becomes of its maker',
    '',
    ...labelled('Index', indexText(report), width),
    ...labelled('Formula', report.formula, width),
    ...operationTexts(report.components, home).flatMap((text) => labelled('Beside', text, width)),
    ...labelled('Stops', smallestText(report), width),
    ...(report.without ? labelled('What if', withoutText(report, report.without), width) : []),
    ...report.notes.flatMap((note) => labelled('Note', note, width)),
  ];
  return lines.map((line) => fit(line, width));
}

type Layer = RelianceReport['index']['layers'][number];

function layerLines(report: RelianceReport, { layer, home, abroad, parts, more }: Layer, width: number): string[] {
  const full = Math.round(home * BAR);
  const bar = MARKS.home.repeat(full) + MARKS.abroad.repeat(Math.round((home + abroad) * BAR) - full);
  const head = `${layerName(layer).padEnd(LAYER + 2)}${bar.padEnd(BAR, MARKS.unknown)} ${percent(home).padStart(5)}  `;
  const rest = parts.length - MAX_PARTS + more;
  // Among equal shares, known parts come first.
  const known = parts.toSorted((a, b) => b.share - a.share || RANK[a.place] - RANK[b.place]);
  const apart = width < MIN_WIDTH;
  const indent = apart ? 2 : head.length;
  const items = known
    .slice(0, rest > 1 ? MAX_PARTS : MAX_PARTS + 1)
    .map((part) => partText(report, part, width - indent));
  if (rest > 1) items.push(`  and ${count(rest)} more`);
  const [first, ...others] = items.map((item) => ' '.repeat(indent) + item);
  return apart ? [head, first!, ...others] : [head + first!.slice(indent), ...others];
}

function partText(
  report: RelianceReport,
  { component, share, place, because, among }: Layer['parts'][number],
  width: number,
): string {
  const head = `${MARKS[place]} ${percent(share).padStart(4)} `;
  const it = component === null ? undefined : report.components[component];
  if (!it && among.length > 0)
    return head + fit(`One of: ${among.map((id) => nameOf(report, id)).join(', ')}`, width - textWidth(head));
  if (!it) return `${head}not known`;
  const { name, supplier, country, held } = it;
  const unverified = country !== null && !(supplier ? supplier.verified : it.verified) ? '*' : '';
  // The supplier is left out where the component's name starts with it.
  const by = supplier && !name.en.startsWith(supplier.name.en) ? `, ${supplier.name.en}` : '';
  const needs = because === null ? '' : `, needs ${nameOf(report, because)}`;
  const tail = ` (${country ?? '?'}${unverified}${held ? ', held' : ''})`;
  return head + fit(`${name.en}${by}${needs}`, width - textWidth(head) - textWidth(tail)) + tail;
}

/** The machine of a run only groups its parts, so it is not listed in the path. */
const MACHINE = 'run:machine';
const nameOf = ({ components, run }: RelianceReport, id: string): string => components[id]?.name.en ?? run;
const supplierOf = ({ suppliers }: RelianceReport, id: string): string => suppliers[id]?.name.en ?? id;

function indexText({ index: { overall, layers, lowest } }: RelianceReport): string {
  const least = layers.find(({ layer }) => layer === lowest[0])!;
  const low = lowest.length === layers.length ? 'all layers' : lowest.map(layerName).join(', ');
  const where = `Least of home: ${low} (${percent(least.home)}).`;
  if (overall.state === 'scored') return `${overall.score!.toFixed(1)} of 100. ${where}`;
  if (overall.state === 'no-rules') return `No score without the weights of a rule book (--rules). ${where}`;
  const below = overall.below.map((layer) => {
    const { home, floor } = layers.find((one) => one.layer === layer)!;
    return `${layerName(layer)} (${percent(home)}, floor ${percent(floor!)})`;
  });
  return `No score: below the floor in ${below.join(', ')}.`;
}

function smallestText(report: RelianceReport): string {
  const fewest = fewestText(report.smallest, (id) => supplierOf(report, id));
  return fewest === null
    ? 'No foreign suppliers are known that would stop it for sure by falling away.'
    : `If ${fewest}.`;
}

function withoutText(report: RelianceReport, without: NonNullable<RelianceReport['without']>): string {
  const { fate, because, remaining, unknown, takeOver, held } = without;
  const gone = [...without.suppliers.map((id) => supplierOf(report, id)), ...without.countries.map(countryText)].join(
    ' and ',
  );
  const names = because.slice(1).flatMap((id) => (id === MACHINE ? [] : nameOf(report, id)));
  if (names.length > 4) names.splice(2, names.length - 3, '…');
  const way = names.join(', which needs ');
  const texts = {
    stops: `Without ${gone} it stops: it needs ${way}.`,
    'goes-on': `Without ${gone} it goes on${way && `, with less: it uses ${way}`}.`,
    'goes-on-as-far-as-known': `Without ${gone} it may stop or go on: something is not known in ${unknown.map(layerName).join(', ')}.`,
  };
  const { now, could } = remaining;
  const lost =
    fate === 'stops' || now.low === 1
      ? ''
      : ` Of its work remains at once: ${percents(now)}; when others take over: ${percents(could)}.`;
  const share = (part: number | null) => (part === null ? 'not known' : percent(part));
  const others = takeOver.slice(0, 3).map(({ component, could }) => `${nameOf(report, component)} (${share(could)})`);
  const over = others.length > 0 ? ` Could take over: ${others.join(', ')}.` : '';
  const copies = held.slice(0, 5).map((id) => nameOf(report, id));
  const kept = held.length > 0 ? ` Held, so not lost: ${copies.join('; ')}${held.length > 5 ? '; …' : ''}.` : '';
  return texts[fate] + lost + over + kept;
}

/** A text behind its label, wrapped between words. */
function labelled(label: string, text: string, width: number): string[] {
  // Names in it may come from hostile files: `fit` removes control characters.
  const lines = wrap(fit(text, 100_000), width - LABEL);
  return lines.map((line, i) => `${(i === 0 ? label : '').padEnd(LABEL)}${line}`);
}
