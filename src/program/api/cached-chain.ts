// A cache of the value chain, its graph and answers about it, for each group of viewers and each state of the log.

import { createHash } from 'node:crypto';
import {
  type Flows,
  type FoldedPicture,
  flowFates,
  flowsOf,
  Graph,
  pictureOfFlows,
  type SmallestSets,
  smallestSets,
  type WhatIf,
  type Without,
  whatIf,
} from '../../reliance/index.ts';
import { activeOf, type Chain, chainAt, usesIn } from '../compute/index.ts';
import { canSeeAudit } from '../office/index.ts';
import type { Programme } from '../programme/index.ts';
import type { Row, Tables } from '../state/index.ts';
import type { Viewer } from '../users/index.ts';
import { cached, takeTurn } from './cached-reports.ts';

export interface CachedChain extends Chain {
  graph: Graph;
  /** Ids of active consortia. */
  active: string[];
  /** Ids of uses that belong to an active consortium, or to none. */
  theirs: string[];
  /** By digest of the question; the newest last. */
  answers: Map<string, Promise<unknown>>;
}

/** Answers that are kept for each chain. */
const MAX_ANSWERS = 100;

/** Viewers of one group see the audits of the same submissions. */
const groupOf = ({ role, consortium }: Viewer): string =>
  role === 'consortium' ? `consortium ${consortium}` : role === 'office' || role === 'auditor' ? role : 'others';

/** Tells the submissions whose audits this viewer may see. */
export const seenBy =
  (viewer: Viewer, tables: Tables) =>
  (submission: Row<'submissions'>): boolean =>
    canSeeAudit(viewer, tables, submission);

/** Undefined if no catalogue is registered. */
export const cachedChain = (programme: Programme, viewer: Viewer): Promise<CachedChain | undefined> =>
  cached(programme, null, `chain ${groupOf(viewer)}`, async () => {
    const { tables } = programme;
    const chain = chainAt(tables, seenBy(viewer, tables));
    if (!chain) return undefined;
    const theirs = usesIn(tables, chain.catalogue);
    return { ...chain, graph: new Graph(chain.catalogue), active: activeOf(tables), theirs, answers: new Map() };
  });

/** The answer to a question about a chain. Equal questions that come while it is computed wait for the same answer. */
export function cachedAnswer<T>({ answers }: CachedChain, question: unknown, work: () => T): Promise<T> {
  const name = createHash('sha256').update(JSON.stringify(question)).digest('hex');
  const before = answers.get(name);
  if (before) return before as Promise<T>;
  const answer = takeTurn(work);
  answers.set(name, answer);
  answer.catch(() => answers.delete(name));
  const [oldest] = answers.keys();
  if (answers.size > MAX_ANSWERS) answers.delete(oldest!);
  return answer;
}

/** @throws JikjiError `supplier-unknown`, `country-unknown` */
export const cachedWhatIf = (chain: CachedChain, without: Without): Promise<WhatIf> =>
  cachedAnswer(chain, ['what if', [...without.suppliers].sort(), [...without.countries].sort()], () =>
    whatIf(chain.graph, without, { uses: chain.theirs, consortia: chain.active }),
  );

export const cachedFlows = (chain: CachedChain): Promise<{ flows: Flows } & FoldedPicture> =>
  cachedAnswer(chain, ['flows'], () => {
    const flows = flowsOf(chain.graph, chain.active);
    return { flows, ...pictureOfFlows(chain.graph, flows) };
  });

/** @throws JikjiError `supplier-unknown`, `country-unknown` */
export async function cachedFlowFates(chain: CachedChain, without: Without): Promise<ReturnType<typeof flowFates>> {
  const { flows, ...joined } = await cachedFlows(chain);
  return cachedAnswer(chain, ['flow fates', [...without.suppliers].sort(), [...without.countries].sort()], () =>
    flowFates(chain.graph, flows, joined, without),
  );
}

export type Scope = 'training' | 'serving' | 'all';

export const cachedSmallestSets = (
  chain: CachedChain,
  by: 'supplier' | 'country',
  kind: Scope,
): Promise<SmallestSets> =>
  cachedAnswer(chain, ['smallest', by, kind], () => smallestSets(chain.graph, { by, uses: inScope(chain, kind) }));

function inScope({ catalogue: { uses }, theirs }: CachedChain, kind: Scope): string[] {
  const named = new Set(theirs);
  return uses.filter((use) => named.has(use.id) && (kind === 'all' || use.kind === kind)).map(({ id }) => id);
}
