// The history of self-reliance: the index at the end of each closed stage, by the stage's own rules and the catalogue in force then.

import type { Catalogue } from '../../fleet/index.ts';
import {
  Graph,
  type Index,
  indexOfConsortium,
  indexOfProgramme,
  type SelfRelianceRules,
} from '../../reliance/index.ts';
import type { Row, Tables } from '../state/index.ts';
import { chainAt } from './chain.ts';
import { rulesOf } from './rules.ts';

export interface Point {
  stage: string;
  closedSeq: number;
  catalogue: Catalogue;
  index: Index;
}

/** The index of `consortium`, or without it of the programme of these consortia. */
export const indexOf = (
  graph: Graph,
  { consortia, consortium }: { consortia: readonly string[]; consortium: string | undefined },
  rules: SelfRelianceRules | null,
): Index =>
  consortium === undefined ? indexOfProgramme(graph, consortia, rules) : indexOfConsortium(graph, consortium, rules);

/** The index at the end of each closed stage: of its consortia, or of one of them. Stages before the first catalogue are left out. */
export function courseOf(
  tables: Tables,
  seen: (submission: Row<'submissions'>) => boolean,
  consortium?: string,
): Point[] {
  return tables.all('stages').flatMap(({ id, closedSeq, ruleBook, consortia: teams }) => {
    if (closedSeq === null) return [];
    if (consortium !== undefined && !teams.includes(consortium)) return [];
    const catalogue = chainAt(tables, seen, closedSeq)?.catalogue;
    if (!catalogue) return [];
    const rules = rulesOf(tables, ruleBook);
    const index = indexOf(new Graph(catalogue), { consortia: teams, consortium }, rules);
    return [{ stage: id, closedSeq, catalogue, index }];
  });
}
