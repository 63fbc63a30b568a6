// The chain as a picture: text, tokenizer, S_0, segments, seal, model, and how far each check reaches. Twice: across for
// wide screens and paper, downwards for a phone; the stylesheet shows one of them.

import { type Format, type Html, html, plain, shortDigest, xy } from '../../page-kit/index.ts';
import type { Audit, CheckName, Verdict } from '../types.ts';
import { type Facts, markOf } from './facts.ts';
import { inks, setSorts } from './sorts.ts';
import type { Words } from './words.ts';

interface Node {
  id: 'text' | 'tokenizer' | 'start' | 'segments' | 'seal' | 'model';
  name: string;
  note: string;
  /** Shortened. */
  digest: string | null;
  checks: CheckName[];
}

/** From which node to which a check reaches; replay is drawn segment by segment. */
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
  register: ['start', 'seal'],
};

function nodesOf(audit: Audit, words: Words, format: Format): Node[] {
  const { chain } = words;
  const { seed, head, stateRoot, segments } = audit.run;
  const short = (digest: string | null) => (digest === null ? null : shortDigest(digest, 8));
  // A chosen seed is a small number: its end tells it, not its beginning.
  const seedEnd = seed === null ? null : plain(seed, 200).replace(/^.+(?=.{8}$)/u, '…');
  return [
    { id: 'text', name: chain.text, note: chain.textNote, digest: null, checks: ['structure', 'origin', 'data'] },
    {
      id: 'tokenizer',
      name: chain.tokenizer,
      note: chain.tokenizerNote,
      digest: null,
      checks: ['structure', 'origin'],
    },
    { id: 'start', name: chain.start, note: chain.startNote, digest: seedEnd, checks: ['structure', 'origin'] },
    {
      id: 'segments',
      name: chain.segments(format.count(segments.length)),
      note: '',
      digest: null,
      checks: ['structure', 'schedule', 'policy', 'motion', 'probe', 'replay'],
    },
    { id: 'seal', name: chain.seal, note: chain.sealNote, digest: short(head), checks: ['structure', 'figures'] },
    {
      id: 'model',
      name: chain.model,
      note: chain.modelNote,
      digest: short(stateRoot),
      checks: ['structure', 'figures'],
    },
  ];
}

/** The outline of a metal sort: a block with the nick at its foot. */
function block(x: number, y: number, width: number, height: number): Html {
  const nick = 7;
  const at = x + width / 2;
  const d = `M${xy(x)} ${xy(y)}h${xy(width)}v${xy(height)}H${xy(at + nick)}a${nick} ${nick} 0 0 0 ${-2 * nick} 0H${xy(x)}Z`;
  return html`<path class="block" d="${d}"/>`;
}

function arrow(x1: number, y1: number, x2: number, y2: number): Html {
  const down = x1 === x2;
  const tip = down ? `m-4 -5l4 5l4 -5` : `m-5 -4l5 4l-5 4`;
  return html`<path class="link" d="M${xy(x1)} ${xy(y1)}L${xy(x2)} ${xy(y2)}${tip}"/>`;
}

const tone = (verdict: Verdict | null) => verdict ?? 'unrun';

/** Across: a gutter with the checks' names, then the nodes; a rule for each check under the nodes it reaches. */
function across(audit: Audit, facts: Facts, nodes: Node[], words: Words): Html {
  const gutter = 128;
  const small = 100;
  const gap = 18;
  const wide = 959 - gutter - 5 * (small + gap);
  const top = 6;
  const tall = 116;
  const first = top + tall + 36;
  const row = 27;
  const left = new Map<string, number>();
  const right = new Map<string, number>();
  let x = gutter;
  for (const { id } of nodes) {
    const width = id === 'segments' ? wide : small;
    left.set(id, x);
    right.set(id, x + width);
    x += width + gap;
  }
  const shapes: Html[] = [];
  const { segments } = audit.run;
  nodes.forEach(({ id, name, note, digest }, i) => {
    const from = left.get(id) as number;
    const to = right.get(id) as number;
    const centre = xy((from + to) / 2);
    shapes.push(block(from, top, to - from, tall));
    if (i > 0) shapes.push(arrow(from - gap + 3, top + tall / 2, from - 3, top + tall / 2));
    if (id === 'segments') {
      shapes.push(html`<text class="name" x="${centre}" y="${top + 24}" text-anchor="middle">${name}</text>`);
      const box = { x: from + 10, y: top + 36, width: wide - 20, height: tall - 50 };
      shapes.push(...setSorts(inks(segments, facts.replayedBy).inks, box));
    } else {
      shapes.push(html`<text class="name big" x="${centre}" y="${top + 40}" text-anchor="middle">${name}</text>`);
      shapes.push(html`<text class="note" x="${centre}" y="${top + 62}" text-anchor="middle">${note}</text>`);
      if (digest)
        shapes.push(html`<text class="digest" x="${centre}" y="${top + 86}" text-anchor="middle">${digest}</text>`);
    }
  });
  facts.checks.forEach(({ name, check }, i) => {
    const y = first + i * row;
    const verdict = check?.verdict ?? null;
    const label = words.checks.words[name].name;
    shapes.push(
      html`<text class="mark ${tone(verdict)}" x="0" y="${y + 5}">${markOf(verdict)}</text><text class="check" x="20" y="${y + 5}">${label}</text>`,
    );
    const x1 = left.get(REACH[name][0]) as number;
    const x2 = right.get(REACH[name][1]) as number;
    shapes.push(html`<path class="lane" d="M${gutter} ${y}H960"/>`);
    if (name !== 'replay' || verdict === null) {
      shapes.push(
        html`<path class="reach ${tone(verdict)}" d="M${xy(x1)} ${y}H${xy(x2)}"/><path class="end ${tone(verdict)}" d="M${xy(x1)} ${y - 5}v10M${xy(x2)} ${y - 5}v10"/>`,
      );
      return;
    }
    // Only where it was replayed.
    const states = inks(segments, facts.replayedBy).inks;
    const each = states.length ? (x2 - x1) / states.length : 0;
    const size = Math.min(10, Math.max(2, each - 1));
    states.forEach((ink, at) => {
      if (ink === 'rest') return;
      const middle = x1 + (at + 0.5) * each;
      shapes.push(
        html`<rect class="sort ${ink}" x="${xy(middle - size / 2)}" y="${y - 6}" width="${xy(size)}" height="12"/>`,
      );
      if (ink !== 'holds')
        shapes.push(
          html`<text class="mark ${ink}" x="${xy(middle)}" y="${y + 20}" text-anchor="middle">${markOf(ink)}</text>`,
        );
    });
  });
  const height = first + facts.checks.length * row;
  return html`<svg class="wide" viewBox="0 0 960 ${height}" role="img" aria-labelledby="chain-t chain-d"><title id="chain-t">${words.chain.svgTitle}</title><desc id="chain-d">${describe(audit, facts, words)}</desc>${shapes}</svg>`;
}

/** Downwards: each node with the checks that reach it at its side. */
function downwards(audit: Audit, facts: Facts, nodes: Node[], words: Words): Html {
  const shapes: Html[] = [];
  const width = 176;
  let y = 4;
  nodes.forEach(({ id, name, note, digest, checks }, i) => {
    const tall = Math.max(id === 'segments' ? 136 : 74, checks.length * 22 + 8);
    shapes.push(block(1, y, width, tall));
    if (i > 0) shapes.push(arrow(width / 2, y - 19, width / 2, y - 3));
    const centre = width / 2;
    if (id === 'segments') {
      shapes.push(html`<text class="name" x="${centre}" y="${y + 24}" text-anchor="middle">${name}</text>`);
      const box = { x: 12, y: y + 34, width: width - 22, height: tall - 50 };
      shapes.push(...setSorts(inks(audit.run.segments, facts.replayedBy).inks, box));
    } else {
      const lift = digest ? 0 : 8;
      shapes.push(html`<text class="name" x="${centre}" y="${y + 24 + lift}" text-anchor="middle">${name}</text>`);
      shapes.push(html`<text class="note" x="${centre}" y="${y + 42 + lift}" text-anchor="middle">${note}</text>`);
      if (digest)
        shapes.push(html`<text class="digest" x="${centre}" y="${y + 60}" text-anchor="middle">${digest}</text>`);
    }
    const start = y + tall / 2 - ((checks.length - 1) * 22) / 2 + 5;
    checks.forEach((check, at) => {
      const verdict = facts.checks.find((entry) => entry.name === check)?.check?.verdict ?? null;
      const line = start + at * 22;
      shapes.push(
        html`<text class="mark ${tone(verdict)}" x="${width + 18}" y="${xy(line)}">${markOf(verdict)}</text><text class="check" x="${width + 38}" y="${xy(line)}">${words.checks.words[check].name}</text>`,
      );
    });
    y += tall + 22;
  });
  return html`<svg class="narrow" viewBox="0 0 320 ${y - 18}" role="img" aria-labelledby="chain-nt chain-nd"><title id="chain-nt">${words.chain.svgTitle}</title><desc id="chain-nd">${describe(audit, facts, words)}</desc>${shapes}</svg>`;
}

function describe(audit: Audit, facts: Facts, words: Words): string {
  const checks = facts.checks.map(({ name, check }) => {
    const { name: label, answer } = words.checks.words[name];
    return `${label}: ${check ? answer[check.verdict] : words.checks.notRun}`;
  });
  return [words.chain.svgDesc(String(audit.run.segments.length), String(facts.replayed.length)), ...checks].join(' ');
}

/** Both pictures, for a figure. */
export function chainPicture(audit: Audit, facts: Facts, words: Words, format: Format): Html {
  const nodes = nodesOf(audit, words, format);
  return html`${across(audit, facts, nodes, words)}${downwards(audit, facts, nodes, words)}`;
}

/** How many segments one sort stands for. */
export function sortsPer(audit: Audit): number {
  return inks(audit.run.segments, new Map()).per;
}
