// Explains Slurm's reasons for jobs that a limit of their account holds back. Knows no queue: a reason goes in, a text comes out.

/** First patterns of what is left of a reason after whose limit it is. */
const MEANINGS: readonly [RegExp, (whose: string) => string][] = [
  [/^Grp\w*RunMinutes/, (whose) => `jobs that run may still need all the hours that ${whose} has left`],
  [/^Grp(\w*Minutes|Wall)/, (whose) => `${whose} has no hours left`],
  [/^Max\w*(MinutesPerJob|WallDurationPerJob)/, (whose) => `it asks for more hours than ${whose} lets one job have`],
  [/^Max\w*Per(Job|Node)/, (whose) => `it asks for more at once than ${whose} lets one job have`],
  [/^(Grp|Max)/, (whose) => `${whose} has as much at once as it may`],
];

/** What a reason of Slurm's (`AssocGrpCPUMinutesLimit`) means; undefined for one that is no limit of an account. */
export function describeLimit(reason: string): string | undefined {
  const [, of, rest] = /^(Assoc|QOS)((?:Grp|Max)\w+)$/.exec(reason) ?? [];
  if (!of || !rest) return undefined;
  const found = MEANINGS.find(([pattern]) => pattern.test(rest))!;
  return found[1](of === 'Assoc' ? 'its account' : 'its quality of service');
}
