// The tables of `bench/lineage.ts`, as Markdown, from its results. A table without results is left out.

import { isFound } from './lineage-comparing.ts';
import type { Line, LineOf, PeerScores } from './lineage-results.ts';
import { lowerBound, mean, poisson, upperBound } from './lineage-statistics.ts';
import { PLANTED, TRANSFORMATIONS } from './lineage-transformations.ts';
import { AWM_INDEPENDENT } from './peers/awm.ts';
import { CISCO_MATCH } from './peers/model-provenance-kit.ts';
import { median } from './table.ts';

type Compared = LineOf<'independent' | 'derived' | 'trained'>;

const KINDS = ['basis', 'units', 'values'] as const;
const VERDICTS = ['identical', 'shares', 'trace', 'none', 'untestable'] as const;
const LEVELS = [0.1, 0.01, 0.001];

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) => {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
};

const linesOf = <P extends Line['phase']>(lines: readonly Line[], phase: P) =>
  lines.filter((line): line is LineOf<P> => line.phase === phase);

const fixed = (value: number, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits) : '');

const numbers = (values: readonly (number | null | undefined)[]) =>
  values.filter((value): value is number => typeof value === 'number');

const middle = (values: readonly (number | null | undefined)[], digits = 2) =>
  numbers(values).length === 0 ? '' : fixed(median(numbers(values)), digits);

function session(lines: readonly Line[]) {
  const sessions = linesOf(lines, 'session');
  const last = sessions.at(-1);
  if (!last) return 'Nothing was measured.';
  const dates = [...new Set(sessions.map(({ date }) => date))].sort();
  const processors = [...new Set(sessions.map(({ processor }) => processor))].join('; ');
  const days = dates.length === 1 ? dates[0] : `${dates[0]} to ${dates.at(-1)}`;
  return (
    `Models by the recipe of the run \`${last.run}\`, on its tokens, each with a seed of its own: short ones of ${last.shortSteps} steps, ` +
    `full ones of ${last.fullSteps}. ${processors}, ${days}.`
  );
}

function verdicts(pairs: readonly LineOf<'independent'>[], length: string) {
  const rows = KINDS.map((kind) => {
    const found = pairs.map(({ groups }) => groups[kind]?.verdict);
    return [kind, ...VERDICTS.map((verdict) => found.filter((one) => one === verdict).length)];
  });
  const wrong = pairs.filter(({ groups }) => Object.values(groups).some(isFound)).length;
  const bound = fixed(100 * upperBound(wrong, Math.max(1, pairs.length)), 2);
  return [
    `**Independent: ${pairs.length} pairs of ${length} models.** Verdicts by group.`,
    table(['group', ...VERDICTS], rows),
    `Pairs with shared weights in any group: ${wrong} of ${pairs.length}. (Were the pairs independent of each other, the rate would be below ` +
      `${bound}% with 95%; each model is in many. The guarantee is the proof.)`,
  ].join('\n\n');
}

/** A test of a group, of all pairs that have it. */
const numbersOf = (pairs: readonly LineOf<'independent'>[], kind: string, name: string) =>
  pairs.map(({ groups }) => groups[kind]?.tests[name]).filter((one) => one !== undefined);

/** Observed counts of matches in place beside Poisson's law with the mean lambda. */
function lawOfPlaces(pairs: readonly LineOf<'independent'>[]) {
  const MOST = 6;
  const rows = KINDS.flatMap((kind) =>
    ['stored', 'tokens'].flatMap((alignment) => {
      const tests = numbersOf(pairs, kind, `places ${alignment}`);
      if (tests.length === 0) return [];
      const counts = tests.map(([count]) => count);
      const lambda = mean(tests.map(([, , expected]) => expected ?? 0));
      const variance = mean(counts.map((count) => (count - mean(counts)) ** 2));
      const at = (k: number) =>
        k < MOST ? counts.filter((n) => n === k).length : counts.filter((n) => n >= MOST).length;
      const law = (k: number) =>
        k < MOST
          ? poisson(lambda, k)
          : 1 - Array.from({ length: MOST }, (_, i) => poisson(lambda, i)).reduce((sum, p) => sum + p, 0);
      const cells = Array.from({ length: MOST + 1 }, (_, k) => `${at(k)} (${fixed(tests.length * law(k), 0)})`);
      return [[`${kind}, ${alignment}`, fixed(lambda), fixed(mean(counts)), fixed(variance), ...cells]];
    }),
  );
  const head = [
    'matches in place',
    'mean lambda',
    'mean K',
    'variance',
    ...'0 1 2 3 4 5'.split(' '),
    `${MOST} and more`,
  ];
  const text =
    'How many pairs had so many in place; in brackets Poisson’s law with the mean lambda, for comparison: it is no bound.';
  return `**The law of places.** ${text}\n\n${table(head, rows)}`;
}

/** How many pairs had a chance of at most a level, by our bounds; a law that holds allows that share. */
function levels(pairs: readonly LineOf<'independent'>[]) {
  const names = [
    ...new Set(pairs.flatMap(({ groups }) => Object.values(groups).flatMap(({ tests }) => Object.keys(tests)))),
  ];
  const row = (name: string, chances: readonly number[]) => {
    if (chances.length === 0) return [];
    const cells = LEVELS.map((level) => {
      const count = chances.filter((chance) => chance <= Math.log(level)).length;
      return count > level * chances.length ? `**${count}**` : count;
    });
    return [[name, chances.length, ...cells, fixed(Math.min(...chances) / Math.LN10, 1)]];
  };
  const rows = KINDS.flatMap((kind) => [
    ...names.sort().flatMap((name) =>
      row(
        `${kind}: ${name}`,
        numbersOf(pairs, kind, name).map(([, , , lnChance]) => lnChance),
      ),
    ),
    ...row(
      `${kind}: all tests together`,
      pairs.flatMap(({ groups }) =>
        groups[kind] && groups[kind].verdict !== 'untestable' ? [groups[kind].lnChance] : [],
      ),
    ),
  ]);
  const allowed = LEVELS.map((level) => `${level} (${Math.floor(level * pairs.length)} of ${pairs.length})`);
  const head = ['test', 'pairs', ...allowed.map((level) => `at most ${level}`), 'least, log10'];
  const text =
    'Pairs whose chance by our bounds is at most a level; in brackets what the level allows on average. Bold: more than that.';
  return `**Chances of independent pairs.** ${text}\n\n${table(head, rows)}`;
}

const score = ({ peers }: { peers: PeerScores }, name: 'cisco' | 'awm') => peers[name];

/** The largest score of any independent pair: a threshold that no other pair of these would have passed. */
const largest = (pairs: readonly LineOf<'independent'>[], name: 'cisco' | 'awm') =>
  Math.max(Number.NEGATIVE_INFINITY, ...numbers(pairs.map((pair) => score(pair, name))));

function peersOnIndependent(pairs: readonly LineOf<'independent'>[]) {
  const spread = (name: 'cisco' | 'awm') => {
    const sorted = numbers(pairs.map((pair) => score(pair, name))).sort((a, b) => a - b);
    return sorted.length === 0
      ? ['', '', '']
      : [sorted[0]!, median(sorted), sorted.at(-1)!].map((one) => fixed(one, 3));
  };
  const above = pairs.filter((pair) => (pair.peers.cisco ?? 0) > CISCO_MATCH).length;
  const gated = pairs.filter(({ peers }) => (peers.gate ?? 0) > CISCO_MATCH).length;
  const { mean: usual, deviation } = AWM_INDEPENDENT;
  const far = pairs.filter(({ peers }) => Math.abs((peers.awm ?? usual) - usual) > 3 * deviation).length;
  const n = pairs.length;
  const rows = [
    [
      'Cisco, weights',
      ...spread('cisco'),
      `by its makers’ rule, above ${CISCO_MATCH}: ${above} of ${n}; by its gate of configs: ${gated} of ${n}`,
    ],
    [
      'AWM',
      ...spread('awm'),
      'its makers name no threshold; more than three of their standard deviations from their mean, of pairs of far larger models ' +
        `(our reading): ${far} of ${n}`,
    ],
  ];
  const head = ['method', 'least', 'median', 'largest', 'read as a match'];
  const text =
    'AWM’s published mean and deviation are those of models of billions of parameters. Its score is held against the largest of these pairs ' +
    'in the tables of copies.';
  return `**Other methods on the independent pairs.**\n\n${table(head, rows)}\n\n${text}`;
}

const LIKENESSES = ['rotated', 'cka', ...KINDS] as const;

/** Of embeddings, or of matched units: docs/lineage.md, "Likeness". */
const likenessOf = ({ groups, embedding }: Compared, name: (typeof LIKENESSES)[number]) =>
  name === 'rotated' || name === 'cka' ? embedding?.[name] : groups[name]?.likeness;

/** The highest of any independent pair. */
const highest = (pairs: readonly Compared[], name: (typeof LIKENESSES)[number]) =>
  Math.max(Number.NEGATIVE_INFINITY, ...numbers(pairs.map((pair) => likenessOf(pair, name))));

function likenesses(pairs: readonly LineOf<'independent'>[]) {
  const rows = LIKENESSES.map((name) => {
    const sorted = numbers(pairs.map((pair) => likenessOf(pair, name))).sort((a, b) => a - b);
    return [name, ...[sorted[0]!, median(sorted), sorted.at(-1)!].map((one) => fixed(one, 4))];
  });
  return `**Likeness of independent pairs.** No chance stands behind it.\n\n${table(['', 'least', 'median', 'highest'], rows)}`;
}

/** Medians, and how many copies are more alike than any independent pair. */
function likenessOfCopies(lines: readonly Compared[], pairs: readonly LineOf<'independent'>[]) {
  return LIKENESSES.map((name) => {
    const values = numbers(lines.map((line) => likenessOf(line, name)));
    const above = values.filter((value) => value > highest(pairs, name)).length;
    return values.length === 0 ? '' : `${fixed(median(values))}${pairs.length > 0 ? ` (${above})` : ''}`;
  });
}

const isTold = (name: string | undefined, { groups }: Compared) => {
  const found = Object.entries(groups).flatMap(([kind, group]) => (isFound(group) ? [kind] : []));
  return name === PLANTED ? found.join() === 'units' : found.length > 0;
};

/** Cells of compared copies: found, by group, strength, chance, peers. */
function copyCells(lines: readonly Compared[], pairs: readonly LineOf<'independent'>[], name?: string) {
  const n = lines.length;
  const found = lines.filter((line) => isTold(name, line)).length;
  const byKind = KINDS.map((kind) => lines.filter(({ groups }) => groups[kind] && isFound(groups[kind])).length);
  const strengths = KINDS.map((kind) => middle(lines.map(({ groups }) => groups[kind]?.strength)));
  const chances = lines.map(
    ({ groups }) => Math.min(...Object.values(groups).map(({ lnAdjusted }) => lnAdjusted)) / Math.LN10,
  );
  const beyond = (method: 'cisco' | 'awm') => {
    const scores = lines.map((line) => score(line, method));
    const limit = largest(pairs, method);
    const above = numbers(scores).filter((one) => one > limit).length;
    return pairs.length > 0 ? `${middle(scores)} (${above})` : middle(scores);
  };
  const matched = lines.filter(({ peers }) => (peers.gate ?? peers.cisco ?? 0) > CISCO_MATCH).length;
  return [
    `${found} of ${n}`,
    fixed(lowerBound(found, n), 3),
    ...byKind,
    strengths.join(', '),
    middle(chances, 0),
    matched,
    beyond('cisco'),
    beyond('awm'),
    ...likenessOfCopies(lines, pairs),
  ];
}

const COPY_HEAD = [
  'found',
  'rate at least (95%)',
  ...KINDS,
  `strength (${KINDS.join(', ')})`,
  'adjusted chance, median log10',
  'Cisco, a match',
  'Cisco, median (above all independent)',
  'AWM, median (above all independent)',
  ...LIKENESSES.map((name) => `likeness: ${name}, median (above all independent)`),
];

function derived(lines: readonly LineOf<'derived'>[], pairs: readonly LineOf<'independent'>[]) {
  const rows = TRANSFORMATIONS.flatMap(({ name }) => {
    const own = lines.filter((line) => line.name === name);
    return own.length === 0 ? [] : [[name, ...copyCells(own, pairs, name)]];
  });
  const text = `Short models, changed without training, compared with what they were. Found: shared weights or identical in some group; of “${PLANTED}”: in the units and nowhere else.`;
  return `**Derived.** ${text}\n\n${table(['change', ...COPY_HEAD], rows)}`;
}

function trained(lines: readonly LineOf<'trained'>[], pairs: readonly LineOf<'independent'>[]) {
  const times = [...new Set(lines.map((line) => line.times))].sort((a, b) => a - b);
  const rows = times.map((one) => {
    const own = lines.filter((line) => line.times === one);
    return [`${one} times as long`, ...copyCells(own, pairs)];
  });
  const text =
    'Short models, trained further on with batches of another seed and the recipe’s whole schedule, compared with their start.';
  return `**Trained further.** ${text}\n\n${table(['further training', ...COPY_HEAD], rows)}`;
}

export function lineageReport(lines: readonly Line[]): string {
  const independent = linesOf(lines, 'independent');
  const parts = [session(lines)];
  for (const length of ['short', 'full'] as const) {
    const pairs = independent.filter((line) => line.length === length);
    if (pairs.length > 0)
      parts.push(
        verdicts(pairs, length),
        lawOfPlaces(pairs),
        levels(pairs),
        peersOnIndependent(pairs),
        likenesses(pairs),
      );
  }
  // What other methods are held against: the models that copies are made of.
  const short = independent.filter(({ length }) => length === 'short');
  const [changes, further] = [linesOf(lines, 'derived'), linesOf(lines, 'trained')];
  if (changes.length > 0) parts.push(derived(changes, short));
  if (further.length > 0) parts.push(trained(further, short));
  return parts.join('\n\n');
}
