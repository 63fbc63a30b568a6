// The report of a stage: the data of its page, with times, signatures and published facts.

import { comparisonsShown, proposalsShown } from '../comparisons/index.ts';
import { type StageReport, stageReport } from '../decision/index.ts';
import { EXAMPLES, loadExample } from '../examples/index.ts';
import type { Programme } from '../programme/index.ts';
import { bookOf, type Row, requireRow, type Tables } from '../state/index.ts';
import { outcomeOf, timesOf } from './stages.ts';

/** Published facts other than scores; empty unless the programme is a record that comes with Jikji. */
export function factsOf({ tables }: Programme): StageReport['facts'] {
  const [row] = tables.all('programmes');
  const example = EXAMPLES.find((name) => name === row?.id);
  return row?.mode === 'record' && example ? loadExample(example, new Date().toISOString()).facts : [];
}

function signaturesOf(tables: Tables, stage: Row<'stages'>): StageReport['log']['signatures'] {
  const [{ officeKey: key } = { officeKey: null }] = tables.all('programmes');
  if (!key) return [];
  const decision = tables.get('decisions', stage.id);
  const places = [
    ['rule-book', tables.get('ruleBooks', stage.ruleBook)?.registeredSeq],
    ['close', stage.closedSeq],
    ['decision', decision?.digest ? decision.seq : null],
  ] as const;
  const signatures = [];
  for (const [what, seq] of places)
    if (typeof seq === 'number') signatures.push({ what, seq, key, time: tables.timeOf(seq) });
  return signatures;
}

/** @throws JikjiError `stage-unknown` */
export async function reportOf(programme: Programme, stage: string): Promise<StageReport> {
  const { tables } = programme;
  const row = requireRow(tables, 'stages', stage, 'stage');
  return stageReport(tables, stage, await outcomeOf(programme, stage), {
    ...timesOf(tables, stage),
    head: programme.head,
    signatures: signaturesOf(tables, row),
    facts: factsOf(programme),
    comparisons: bookOf(tables, row.ruleBook).originality.lineage
      ? { all: comparisonsShown(tables, stage), proposals: proposalsShown(tables, stage) }
      : null,
  });
}
