// What a run states about itself, as far as its evidence could be read: names, digests, dates, sizes, the curve. Checks nothing.

import { basename } from 'node:path';
import { parameterCount } from '../foundry/model/index.ts';
import { type Predicate, type Statement, usedTokensOf } from '../ledger/index.ts';
import { thin } from '../run-folder/index.ts';
import { movesOf, type RunStatements } from './statements.ts';
import type { Evidence } from './structure.ts';
import type { Audit, CurvePoint, Segment } from './types.ts';

/** Points of the curve in the outline. */
const MAX_POINTS = 200_000;

interface StatedEnds {
  genesis: Statement<'genesis' | 'witness-genesis'>;
  seal: Statement<'seal' | 'witness-seal'> | undefined;
}

export function outlineRun(evidence: Evidence, segments: Segment[]): Audit['run'] {
  const { folder, statements, recipe, config, steps } = evidence;
  const genesis = statements?.genesis;
  const commitment = genesis?.predicate.commitment;
  const seal = statements?.seal;
  return {
    name: recipe?.name ?? basename(folder.path),
    ...outlineStatements(statements, genesis?.predicate.circumstances.time),
    moves: statements ? movesOf(statements) : [],
    parameters: config ? parameterCount(config) : null,
    steps: commitment?.steps ?? null,
    tokens: seal ? tokensOf(seal.predicate, recipe?.chat !== undefined) : null,
    stateRoot: seal?.subjects.get('state') ?? null,
    head: seal?.predicate.head ?? null,
    valBitsPerByte: seal?.predicate.valBitsPerByte ?? null,
    segments,
    roots: rootsOf(evidence),
    curve: steps ? curveOf(steps.loss, steps.count) : [],
  };
}

/** What the statements of a run of either kind say. `madeAt`: as its genesis has it. */
export function outlineStatements(
  statements: (Pick<RunStatements, 'lodging'> & StatedEnds) | undefined,
  madeAt: string | undefined,
) {
  const { genesis, seal, lodging } = statements ?? {};
  return {
    genesis: genesis?.digest ?? null,
    seal: seal?.digest ?? null,
    maker: genesis?.keyid ?? null,
    office: lodging?.keyid ?? null,
    lodgedAt: lodging?.predicate.time ?? null,
    madeAt: madeAt ?? null,
    sealedAt: seal?.predicate.time ?? null,
    seed: genesis?.predicate.commitment.seed ?? null,
  };
}

/** Null where nothing says how many of its places a run with conversations uses. */
const tokensOf = (seal: Predicate<'seal'>, hasConversations: boolean): number | null =>
  usedTokensOf(seal) ?? (hasConversations ? null : seal.tokens);

/** Roots of all kept states; none if one is missing. */
function rootsOf({ kept, steps }: Evidence): string[] {
  const roots = kept.flatMap((step) => steps?.roots.get(step) ?? []);
  return roots.length === kept.length ? roots : [];
}

/** All points of a short run; of a long run those that a picture needs. */
function curveOf(loss: Float64Array, count: number): CurvePoint[] {
  const { kept } = thin([loss], 0, count - 1, MAX_POINTS);
  return kept.filter((i) => Number.isFinite(loss[i]!)).map((i) => ({ step: i + 1, loss: loss[i]! }));
}
