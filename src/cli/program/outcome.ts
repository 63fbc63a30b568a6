// The outcome of a stage as lines for people and as JSON. Opens no programme.

import { count } from '../../base/index.ts';
import { TERMS, uncertainParts } from '../../page-kit/text/index.ts';
import type { Outcome } from '../../program/index.ts';
import { table } from '../text.ts';

/** One decimal; 0% and 100% only where nothing else is left. */
const percent = (share: number): string =>
  share > 0 && share < 0.0005 ? '<0.1%' : share < 1 && share >= 0.9995 ? '>99.9%' : `${(100 * share).toFixed(1)}%`;

const NOT_KNOWN = 'not known';
const REASONS = { veto: 'the rules on originality', points: 'points' } as const;
const listed = (names: readonly string[]): string => new Intl.ListFormat('en-GB').format(names);

/**
 * A table of teams: place, points, interval and chance to stay. `nameOf`: the name of a consortium. `overturned`: teams that an upheld appeal keeps,
 * though the decision left them out.
 */
export function outcomeLines(
  outcome: Outcome,
  nameOf: (team: string) => string,
  overturned: readonly string[] = [],
): string[] {
  const { book, teams, totals, places, statistics, chances, vetoes } = outcome;
  const order = [...teams.keys()].sort(
    (a, b) => (places.get(teams[a]!)?.place ?? 1e9) - (places.get(teams[b]!)?.place ?? 1e9),
  );
  const isOut = new Set(vetoes.map(({ consortium }) => consortium));
  const rows = order.map((i) => {
    const team = teams[i]!;
    const total = totals[i];
    const points = typeof total === 'number' ? statistics?.totals[i] : undefined;
    const interval = points?.interval?.map((end) => end.toFixed(1)).join(' to ') ?? (statistics ? NOT_KNOWN : '');
    const stays = chances.get(team)?.kept;
    return [
      isOut.has(team) ? 'veto' : String(places.get(team)?.place ?? NOT_KNOWN),
      nameOf(team),
      typeof total !== 'number' ? NOT_KNOWN : book.rounding ? total.toFixed(book.rounding.decimals) : String(total),
      ...(statistics ? [interval, stays === undefined ? '' : percent(stays)] : []),
    ];
  });
  const sure = statistics
    ? [`${Number((100 * statistics.level).toFixed(1))}% interval`, 'chance to stay by points']
    : [];
  return [
    ...table([['place', 'consortium', 'points', ...sure], ...rows], [0, 2, 4]),
    ...vetoes.map(({ consortium, reasons }) => {
      const name = overturned.includes(consortium) ? 'veto, overturned by an upheld appeal' : 'veto';
      return `${name}: ${nameOf(consortium)}: ${reasons.join('; ')}`;
    }),
    ...overturned.map((team) => `appeal upheld: ${nameOf(team)} stays, though the decision left it out`),
    ...remarksOn(outcome, nameOf, overturned.length > 0),
  ];
}

/** Remarks below the table: the basis of the figures, or why they are missing. */
function remarksOn(outcome: Outcome, nameOf: (team: string) => string, appealUpheld: boolean): string[] {
  const { book, statistics, unknown, undecided, notKnown, moves, warnings, seed, version } = outcome;
  if (book.record) return ['A record of what others published: nothing is worked out from it.'];
  const names = (list: readonly string[]): string => listed(list.map(nameOf));
  if (unknown.length > 0) {
    const whose = unknown.length === 1 ? 'The total' : 'The totals';
    const verb = unknown.length === 1 ? 'is' : 'are';
    return [`${whose} of ${names(unknown)} ${verb} not known: no place, interval or chance is worked out.`];
  }
  const points = appealUpheld ? undefined : moves?.points;
  const reach = notKnown?.isSettled
    ? ' Whatever points they gave, the decision would be the same.'
    : ' Other points there could change the decision.';
  return [
    undecided.length > 0 && `The rules leave it open between ${names(undecided)}: they are equal across the border.`,
    points &&
      `Weights would have to move by ${points.far.toFixed(2)} points in all before ${nameOf(points.out)} stayed instead of ${nameOf(points.kept)}.`,
    notKnown &&
      `${TERMS.en.stage.certaintyUnknown(
        uncertainParts(
          notKnown.parts.map((name, i) => ({ name, reason: notKnown.reasons[i]! })),
          'en',
        ),
      )}${appealUpheld ? '' : reach}`,
    ...(statistics && !notKnown ? warnings.map(({ en }) => en) : []),
    statistics &&
      version === 1 &&
      'By version 1 of the statistics: what one expert, user or question gave, and what was entered, counts as exact.',
    statistics && !notKnown && `${count(statistics.draws)} draws from the seed ${seed}.`,
  ].filter((line) => typeof line === 'string');
}

/** Who goes on and who does not, one line each. */
export const decisionLines = (
  { kept, out, undecided, vetoes }: Outcome,
  nameOf: (team: string) => string,
): string[] => [
  `Kept: ${kept.map(nameOf).join(', ') || 'nobody'}`,
  ...out.map(({ consortium, reason }) => {
    const reasons = vetoes.find((veto) => reason === 'veto' && veto.consortium === consortium)?.reasons ?? [];
    return `Out:  ${nameOf(consortium)}, by ${[REASONS[reason], ...reasons].join('; ')}`;
  }),
  ...(undecided.length > 0 ? [`Left open, so they stay: ${undecided.map(nameOf).join(', ')}`] : []),
];

/** What --json prints of an outcome; null: not known. */
export const outcomeJson = (outcome: Outcome, nameOf: (team: string) => string, overturned: readonly string[] = []) => {
  const { book, teams, totals, places, statistics, chances, undecided, vetoes, unknown, seed } = outcome;
  return {
    /** Others decided: nothing is worked out. */
    record: book.record,
    teams: teams.map((id, i) => {
      const total = totals[i];
      const points = typeof total === 'number' ? statistics?.totals[i] : undefined;
      return {
        id,
        name: nameOf(id),
        total: typeof total === 'number' ? total : null,
        place: places.get(id)?.place ?? null,
        interval: points?.interval ?? null,
        places: chances.get(id)?.places ?? null,
        keptChance: chances.get(id)?.kept ?? null,
      };
    }),
    /** Whose total is not known. */
    unknown,
    kept: [...outcome.kept, ...overturned],
    out: outcome.out.filter(({ consortium }) => !overturned.includes(consortium)),
    /** Kept by an upheld appeal. */
    overturned,
    undecided,
    vetoes,
    seed: statistics && seed,
    /** Parts whose certainty nobody knows, and whether the decision is the same whatever they give. */
    notKnown: outcome.notKnown,
    /** Parts that so few were asked for that the chances may mislead. */
    warnings: outcome.chances.size > 0 ? outcome.warnings : [],
    version: outcome.version,
    moves: overturned.length > 0 ? null : outcome.moves,
  };
};
