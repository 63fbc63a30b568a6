// Explains Slurm's pending reasons that are limits of an account. Knows no queue: maps a reason to a text.

/** Patterns for a reason without its `Assoc` or `QOS` prefix; the first match counts. */
const MEANINGS: readonly [RegExp, (whose: string) => string][] = [
  [/^Grp\w*RunMinutes/, (whose) => `running jobs may still need all the hours that ${whose} has left`],
  [/^Grp(\w*Minutes|Wall)/, (whose) => `${whose} has no hours left`],
  [/^Max\w*(MinutesPerJob|WallDurationPerJob)/, (whose) => `it asks for more hours than ${whose} allows one job`],
  [/^Max\w*Per(Job|Node)/, (whose) => `it asks for more resources than ${whose} allows one job`],
  [/^(Grp|Max)/, (whose) => `${whose} already uses all that it may use at once`],
];

/** The meaning of a reason such as `AssocGrpCPUMinutesLimit`; undefined if it is not a limit of an account. */
export function describeLimit(reason: string): string | undefined {
  const [, of, rest] = /^(Assoc|QOS)((?:Grp|Max)\w+)$/.exec(reason) ?? [];
  if (!of || !rest) return undefined;
  const found = MEANINGS.find(([pattern]) => pattern.test(rest))!;
  return found[1](of === 'Assoc' ? 'its account' : 'its quality of service');
}
