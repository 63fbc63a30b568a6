// The course of self-reliance over the stages: the index as each stage that is closed left it, by its own rules and the catalogue that
// was in force then.

import { Graph, type Index, indexOfConsortium, indexOfProgramme } from '../../reliance/index.ts';
import type { Row, Tables } from '../state/index.ts';
import { type Chain, chainAt } from './chain.ts';
import { rulesOf } from './rules.ts';

export interface Point {
  stage: string;
  closedSeq: number;
  chain: Chain;
  index: Index;
}

/** Of the programme, which then was the stage's consortia, or of one that took part. Stages before the first catalogue are left out. */
export function courseOf(
  tables: Tables,
  seen: (submission: Row<'submissions'>) => boolean,
  consortium?: string,
): Point[] {
  return [...tables.all('stages')].flatMap(({ id, closedSeq, ruleBook, consortia }) => {
    if (closedSeq === null) return [];
    const teams = consortia as string[];
    if (consortium !== undefined && !teams.includes(consortium)) return [];
    const chain = chainAt(tables, seen, Number(closedSeq));
    if (!chain) return [];
    const graph = new Graph(chain.catalogue);
    const rules = rulesOf(tables, String(ruleBook));
    const index =
      consortium === undefined ? indexOfProgramme(graph, teams, rules) : indexOfConsortium(graph, consortium, rules);
    return [{ stage: String(id), closedSeq: Number(closedSeq), chain, index }];
  });
}
