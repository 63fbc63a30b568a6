// The chain as a picture: text, tokenizer, S_0, segments, seal, model, and the reach of each check. Drawn twice: across for wide screens
// and paper, downwards for a phone; the stylesheet shows one of the two.

import { h, type JSX } from 'preact';
import { centredText, path, picture, xy } from '../../page-kit/document/index.ts';
import { plain, reportMark, shortDigest } from '../../page-kit/index.ts';
import type { CheckName, Verdict } from '../types.ts';
import { answerOf } from './facts.ts';
import { cellStates, drawCells } from './segment-row.ts';
import type { Sheet } from './sheet.ts';

interface Node {
  id: 'text' | 'tokenizer' | 'start' | 'segments' | 'seal' | 'model';
  name: string;
  note: string;
  /** Shortened. */
  digest: string | null;
  checks: CheckName[];
}

/** The first and the last node that each check reaches; replay is drawn segment by segment. */
const REACH: Record<CheckName, [Node['id'], Node['id']]> = {
  structure: ['text', 'model'],
  schedule: ['segments', 'segments'],
  origin: ['text', 'start'],
  data: ['text', 'text'],
  policy: ['segments', 'segments'],
  motion: ['segments', 'segments'],
  probe: ['segments', 'segments'],
  replay: ['segments', 'segments'],
  figures: ['seal', 'model'],
  parent: ['start', 'start'],
  register: ['start', 'seal'],
};

function nodesOf({ audit, facts, words, terms, format }: Sheet): Node[] {
  const { chain: c } = words;
  const { kind } = facts.standing.beginning;
  const { seed, head, stateRoot, segments } = audit.run;
  const short = (digest: string | null) => (digest === null ? null : shortDigest(digest, 8));
  // A seed that the maker chose is a small number: only its end differs from other seeds.
  const seedEnd = seed === null ? null : plain(seed, 200).replace(/^.+(?=.{8}$)/u, '…');
  const training = c.segments(format.count(segments.length));
  const steps: CheckName[] = ['structure', 'schedule', 'policy', 'motion', 'probe', 'replay'];
  return [
    { id: 'text', name: c.text, note: c.textNote, digest: null, checks: ['structure', 'origin', 'data'] },
    {
      id: 'tokenizer',
      name: c.tokenizer,
      note: c.tokenizerNote[kind === 'drawn' ? 'drawn' : 'taken'],
      digest: null,
      checks: ['structure', 'origin'],
    },
    // With the weights of a parent the seed decides the order of the texts, and not the weights.
    {
      id: 'start',
      name: c.start,
      note: c.startNote[kind],
      digest: kind === 'drawn' ? seedEnd : null,
      checks: ['structure', 'origin'],
    },
    { id: 'segments', name: training, note: '', digest: null, checks: steps },
    { id: 'seal', name: terms.seal, note: c.sealNote, digest: short(head), checks: ['structure', 'figures'] },
    { id: 'model', name: c.model, note: c.modelNote, digest: short(stateRoot), checks: ['structure', 'figures'] },
  ];
}

/** The outline of a metal sort: a block with the nick at its foot. */
function block(x: number, y: number, width: number, height: number): JSX.Element {
  const nick = 7;
  const at = xy(x + width / 2 + nick);
  const foot = `a${nick} ${nick} 0 0 0 ${-2 * nick} 0`;
  return path('block', `M${xy(x)} ${xy(y)}h${xy(width)}v${xy(height)}H${at}${foot}H${xy(x)}Z`);
}

function arrow(x1: number, y1: number, x2: number, y2: number): JSX.Element {
  const tip = x1 === x2 ? `m-4 -5l4 5l4 -5` : `m-5 -4l5 4l-5 4`;
  return path('link', `M${xy(x1)} ${xy(y1)}L${xy(x2)} ${xy(y2)}${tip}`);
}

const tone = (verdict: Verdict | null) => verdict ?? 'unrun';

/** A check's mark at `x`, and its name 20 further right. */
const checkName = ({ terms }: Sheet, name: CheckName, verdict: Verdict | null, [x, y]: [number, number | string]) => [
  h('text', { class: `mark ${tone(verdict)}`, x, y }, reportMark(verdict).sign),
  h('text', { class: 'check', x: x + 20, y }, terms.checks[name]),
];

// Across: a gutter with the checks' names, then the nodes.
const GUTTER = 128;
const SMALL = 100;
const GAP = 18;
const WIDE = 959 - GUTTER - 5 * (SMALL + GAP);
const TOP = 6;
const TALL = 116;
/** The height of the first check's line, and the distance between lines. */
const FIRST = TOP + TALL + 36;
const LINE = 27;

type Spans = Record<Node['id'], [left: number, right: number]>;

/** Across: the nodes, and below them a rule for each check, as wide as the nodes that it reaches. */
function across(sheet: Sheet, nodes: Node[]): JSX.Element {
  const { facts, words } = sheet;
  const spans = {} as Spans;
  let x = GUTTER;
  const blocks = nodes.map((node, i) => {
    const width = node.id === 'segments' ? WIDE : SMALL;
    const left = x;
    spans[node.id] = [left, left + width];
    x += width + GAP;
    const link = i > 0 && arrow(left - GAP + 3, TOP + TALL / 2, left - 3, TOP + TALL / 2);
    return [block(left, TOP, width, TALL), link, inBlock(sheet, node, left, width)];
  });
  const reaches = facts.checks.map(({ name, check }, i) => {
    const y = FIRST + i * LINE;
    const verdict = check?.verdict ?? null;
    return [
      checkName(sheet, name, verdict, [0, y + 5]),
      path('lane', `M${GUTTER} ${y}H960`),
      reach(sheet, { name, verdict, y, left: spans[REACH[name][0]][0], right: spans[REACH[name][1]][1] }),
    ];
  });
  const frame = { id: 'chain-', class: 'wide', width: 960, height: FIRST + facts.checks.length * LINE } as const;
  return picture({ ...frame, title: words.chain.svgTitle, text: describe(sheet) }, [blocks, reaches]);
}

/** The content of a node across: the cells of the segments, or its name, note and digest. */
function inBlock({ audit, facts }: Sheet, { id, name, note, digest }: Node, left: number, width: number) {
  const centre = xy(left + width / 2);
  if (id !== 'segments')
    return [
      centredText('name big', centre, TOP + 40, name),
      centredText('note', centre, TOP + 62, note),
      digest && centredText('digest', centre, TOP + 86, digest),
    ];
  const box = { x: left + 10, y: TOP + 36, width: width - 20, height: TALL - 50 };
  return [centredText('name', centre, TOP + 24, name), drawCells(cellStates(audit.run.segments, facts), box)];
}

interface Reach {
  name: CheckName;
  verdict: Verdict | null;
  y: number;
  left: number;
  right: number;
}

/** The rule of a check: from end to end; for replay, only where segments were replayed. */
function reach({ audit, facts }: Sheet, { name, verdict, y, left, right }: Reach): JSX.Element[] {
  if (name !== 'replay' || verdict === null)
    return [
      path(`reach ${tone(verdict)}`, `M${xy(left)} ${y}H${xy(right)}`),
      path(`end ${tone(verdict)}`, `M${xy(left)} ${y - 5}v10M${xy(right)} ${y - 5}v10`),
    ];
  const states = cellStates(audit.run.segments, facts);
  const each = states.length ? (right - left) / states.length : 0;
  const size = Math.min(10, Math.max(2, each - 1));
  return states.flatMap((ink, at) => {
    if (ink === 'rest') return [];
    const middle = left + (at + 0.5) * each;
    const square = { class: `sort ${ink}`, x: xy(middle - size / 2), y: y - 6, width: xy(size), height: 12 };
    const sign = ink === 'holds' ? [] : [centredText(`mark ${ink}`, xy(middle), y + 20, reportMark(ink).sign)];
    return [h('rect', square), ...sign];
  });
}

/** Downwards: each node, with the checks that reach it beside it. */
function downwards(sheet: Sheet, nodes: Node[]): JSX.Element {
  const { audit, facts, words } = sheet;
  const width = 176;
  const centre = width / 2;
  let bottom = 4;
  const shapes = nodes.map(({ id, name, note, digest, checks }, i) => {
    const y = bottom;
    const tall = Math.max(id === 'segments' ? 136 : 74, checks.length * 22 + 8);
    bottom += tall + 22;
    const lift = digest ? 0 : 8;
    const box = { x: 12, y: y + 34, width: width - 22, height: tall - 50 };
    const start = y + tall / 2 - ((checks.length - 1) * 22) / 2 + 5;
    return [
      block(1, y, width, tall),
      i > 0 && arrow(centre, y - 19, centre, y - 3),
      id === 'segments'
        ? [centredText('name', centre, y + 24, name), drawCells(cellStates(audit.run.segments, facts), box)]
        : [
            centredText('name', centre, y + 24 + lift, name),
            centredText('note', centre, y + 42 + lift, note),
            digest && centredText('digest', centre, y + 60, digest),
          ],
      checks.map((check, at) => {
        const verdict = facts.checks.find((entry) => entry.name === check)?.check?.verdict ?? null;
        return checkName(sheet, check, verdict, [width + 18, xy(start + at * 22)]);
      }),
    ];
  });
  const frame = { id: 'chain-n', class: 'narrow', width: 320, height: bottom - 18 } as const;
  return picture({ ...frame, title: words.chain.svgTitle, text: describe(sheet) }, shapes);
}

function describe({ audit, facts, words, terms }: Sheet): string {
  const checks = facts.checks.map(
    ({ name, check }) => `${terms.checks[name]}: ${check ? answerOf(words.checks, facts, check) : words.checks.notRun}`,
  );
  return [words.chain.svgDesc(String(audit.run.segments.length), String(facts.replayed.length)), ...checks].join(' ');
}

/** Both pictures, for a figure. */
export function chainPicture(sheet: Sheet): JSX.Element[] {
  const nodes = nodesOf(sheet);
  return [across(sheet, nodes), downwards(sheet, nodes)];
}
