// The value chain as one who looks sees it, worked out once for each state of the log: its graph, and what was asked of it.

import { createHash } from 'node:crypto';
import { Graph, type SmallestSets, smallestSets, type WhatIf, type Without, whatIf } from '../../reliance/index.ts';
import { activeOf, type Chain, chainAt, usesIn } from '../compute/index.ts';
import { seesAudit } from '../office/index.ts';
import type { Programme } from '../programme/index.ts';
import type { Row, Tables } from '../state/index.ts';
import type { Viewer } from '../users/index.ts';
import { inTurn, once } from './cached-reports.ts';

export interface ChainNow extends Chain {
  graph: Graph;
  /** Consortia that are in the programme. */
  active: string[];
  /** Uses that are theirs, or nobody's. */
  theirs: string[];
  /** Answers to what somebody asked, the latest last. */
  answers: Map<string, Promise<unknown>>;
}

/** Answers that are kept for a state of the log. */
const MAX_ANSWERS = 100;

/** Who see the same submissions' audits. */
const groupOf = ({ role, consortium }: Viewer): string =>
  role === 'consortium' ? `consortium ${consortium}` : role === 'office' || role === 'auditor' ? role : 'others';

/** Submissions whose runs this viewer may know of. */
export const seenBy =
  (viewer: Viewer, tables: Tables) =>
  (submission: Row<'submissions'>): boolean =>
    seesAudit(viewer, tables, submission);

/** Undefined where no catalogue is registered. */
export const chainNow = (programme: Programme, viewer: Viewer): Promise<ChainNow | undefined> =>
  once(programme, null, `chain ${groupOf(viewer)}`, async () => {
    const { tables } = programme;
    const chain = chainAt(tables, seenBy(viewer, tables));
    if (!chain) return undefined;
    const theirs = usesIn(tables, chain.catalogue);
    return { ...chain, graph: new Graph(chain.catalogue), active: activeOf(tables), theirs, answers: new Map() };
  });

/** The answer to a question about a chain; who ask the same meanwhile wait for it. */
export function answerTo<T>({ answers }: ChainNow, question: unknown, work: () => T): Promise<T> {
  const name = createHash('sha256').update(JSON.stringify(question)).digest('hex');
  const before = answers.get(name);
  if (before) return before as Promise<T>;
  const answer = inTurn(work);
  answers.set(name, answer);
  answer.catch(() => answers.delete(name));
  const [oldest] = answers.keys();
  if (answers.size > MAX_ANSWERS) answers.delete(oldest!);
  return answer;
}

/** @throws JikjiError `supplier-unknown`, `country-unknown` */
export const whatIfNow = (chain: ChainNow, without: Without): Promise<WhatIf> =>
  answerTo(chain, ['what if', [...without.suppliers].sort(), [...without.countries].sort()], () =>
    whatIf(chain.graph, without, { uses: chain.theirs, consortia: chain.active }),
  );

export type Scope = 'training' | 'serving' | 'all';

export const smallestNow = (chain: ChainNow, by: 'supplier' | 'country', kind: Scope): Promise<SmallestSets> =>
  answerTo(chain, ['smallest', by, kind], () => smallestSets(chain.graph, { by, uses: inScope(chain, kind) }));

function inScope({ catalogue: { uses }, theirs }: ChainNow, kind: Scope): string[] {
  const named = new Set(theirs);
  return uses.filter((use) => named.has(use.id) && (kind === 'all' || use.kind === kind)).map(({ id }) => id);
}
