// What a report says of a comparison that follows from the result but is not written in it. Draws nothing and contains no words.

import { log64 } from '../../engine/index.ts';
import { CONTROL_BLOCKS, type Control, type JudgedGroup, type Test, type Verdict } from '../comparison/index.ts';
import { dateOf } from '../dates.ts';
import type { Lineage, ReferenceResult } from '../lineage.ts';
import { isBeyond, likenessesOf } from './likeness.ts';

/** Strongest first. */
const VERDICTS: readonly Verdict[] = ['identical', 'shares', 'trace', 'none', 'untestable'];

/** What a group shows. */
export interface GroupFacts {
  group: JudgedGroup;
  /** The test to tell of, undefined where none could look at anything: of places, where these alone decide; else the one that found most. */
  test: Test | undefined;
  /** ln of the chance of what this test found, corrected for all tests, parts and references. */
  lnChance: number;
  /** Whether units do not stand in their places, though they are shared: then the cosine at the same place says nothing. */
  isMoved: boolean;
  /** Whether a copy that nobody changed would be told from chance: a part of a few units never is. */
  isLarge: boolean;
}

export interface ReferenceFacts {
  result: ReferenceResult;
  /** Which of the two was fixed first, where both are dated. */
  order: 'reference-first' | 'suspect-first' | 'unknown';
  /** The strongest verdict; `identical` only if all parts are that could be tested. */
  headline: Verdict;
  groups: GroupFacts[];
  /** Whether all weight files are the same, byte for byte: both were digested here, and not by whoever made a sketch. */
  sameFiles: boolean;
  /** Whether all that was found is in the dimensions of the residual stream. */
  basisOnly: boolean;
  /** Towers that only one of the two models has. */
  missing: { model: 'suspect' | 'reference'; tower: string }[];
}

export interface Facts {
  references: ReferenceFacts[];
  /** Whether anything was found that chance does not explain. */
  found: boolean;
}

/**
 * What all comparisons come to: a part shares weights; a trace, or more likeness than any independent pair that was measured; of a reference
 * neither units nor values of the first tower could be tested; or nothing was found.
 */
export function outcomeOf({ references }: Pick<Lineage, 'references'>): 'shares' | 'weaker' | 'not-shown' | 'none' {
  const has = (wanted: (verdict: Verdict) => boolean): boolean =>
    references.some(({ groups }) => groups.some(({ verdict }) => wanted(verdict)));
  if (has(isFound)) return 'shares';
  const isLike = references.some((reference) => likenessesOf(reference).some(isBeyond));
  if (isLike || has((verdict) => verdict === 'trace')) return 'weaker';
  return references.some(isUntested) ? 'not-shown' : 'none';
}

function isUntested({ groups }: ReferenceResult): boolean {
  const first = groups[0]?.tower;
  const tested = groups.filter(({ tower, kind }) => tower === first && (kind === 'units' || kind === 'values'));
  return tested.every(({ verdict }) => verdict === 'untestable');
}

/** A verdict that says that weights or their beginning are in common. */
export const isFound = (verdict: Verdict): boolean => verdict === 'identical' || verdict === 'shares';

function headlineOf(groups: readonly JudgedGroup[]): Verdict {
  const tested = groups.filter(({ verdict }) => verdict !== 'untestable');
  const strongest = VERDICTS.find((verdict) => tested.some((group) => group.verdict === verdict)) ?? 'untestable';
  return strongest === 'identical' && tested.some(({ verdict }) => verdict !== 'identical') ? 'shares' : strongest;
}

/** So many units are enough for any limit. */
const MAX_COUNTED = 100_000;

/** `ln p` of `places` units that are all in place, in so many blocks of one size: blocks^places / places!. docs/lineage.md */
function lnAllInPlace(blocks: number, places: number): number {
  let ln = 0;
  for (let k = 1; k <= Math.min(places, MAX_COUNTED) && ln > -1e4; k++) ln += log64(blocks / k);
  return ln;
}

/** Whether a copy's units, all in place, would be told from chance: estimated from the controls, which are of a few blocks. */
function isLarge(group: JudgedGroup, lnLimit: number): boolean {
  const copy = controlOf(group, 'noise');
  if (!copy) return false;
  const blocks = Math.max(1, group.independent);
  const places = Math.round((copy.matches * blocks) / Math.max(1, Math.min(CONTROL_BLOCKS, group.blocks)));
  return lnAllInPlace(blocks, places) < lnLimit;
}

export const controlOf = ({ controls }: JudgedGroup, name: Control['name']): Control | undefined =>
  controls.find((control) => control.name === name);

/** Chances above this are told by places, whatever test had the least. */
const LN_NOTABLE = log64(0.05);

function groupFacts(group: JudgedGroup, lnAlpha: number, lnLimit: number): GroupFacts {
  const tests = group.tests.filter(({ of }) => of > 0).toSorted((a, b) => a.lnChance - b.lnChance);
  // All tests of a group have one correction, which is that of the best.
  const chanceOf = (test: Test): number => Math.min(0, group.lnAdjusted + test.lnChance - tests[0]!.lnChance);
  const places = tests.find(({ name }) => name === 'places');
  const decides = places !== undefined && chanceOf(places) < lnAlpha;
  const isNotable = group.lnAdjusted < LN_NOTABLE;
  const test = places && (decides || !isNotable) ? places : tests[0];
  return {
    group,
    test,
    lnChance: test ? chanceOf(test) : 0,
    isMoved: isFound(group.verdict) && group.equality === undefined && !decides,
    isLarge: isLarge(group, lnLimit),
  };
}

function missingTowers(suspect: Lineage['suspect'], reference: ReferenceResult): ReferenceFacts['missing'] {
  const names = (model: Lineage['suspect']) => new Set(model.towers.map(({ name }) => name));
  const [ours, theirs] = [names(suspect), names(reference.model)];
  return [
    ...[...ours].filter((tower) => !theirs.has(tower)).map((tower) => ({ model: 'suspect' as const, tower })),
    ...[...theirs].filter((tower) => !ours.has(tower)).map((tower) => ({ model: 'reference' as const, tower })),
  ];
}

function orderOf(result: Lineage, { model }: ReferenceResult): ReferenceFacts['order'] {
  const [suspect, reference] = [result.suspect, model].map(({ digest }) => dateOf(result, digest)?.time);
  // Two of the same files have one date.
  if (suspect === undefined || reference === undefined || suspect === reference) return 'unknown';
  return Date.parse(reference) < Date.parse(suspect) ? 'reference-first' : 'suspect-first';
}

export function factsOf(result: Lineage): Facts {
  const parts = result.references.reduce((sum, { groups }) => sum + groups.length, 0);
  const tests = Math.max(1, (parts * result.tried) / Math.max(1, result.references.length));
  const lnLimit = log64(result.alpha / tests);
  const references = result.references.map((reference): ReferenceFacts => {
    const found = reference.groups.filter(({ verdict }) => isFound(verdict));
    return {
      result: reference,
      order: orderOf(result, reference),
      headline: headlineOf(reference.groups),
      groups: reference.groups.map((group) => groupFacts(group, log64(result.alpha), lnLimit)),
      sameFiles:
        reference.model.digest === result.suspect.digest && !reference.model.sketched && !result.suspect.sketched,
      basisOnly: found.length > 0 && found.every(({ kind }) => kind === 'basis'),
      missing: missingTowers(result.suspect, reference),
    };
  });
  const found = references.some(({ groups }) =>
    groups.some(({ group }) => isFound(group.verdict) || group.verdict === 'trace'),
  );
  return { references, found };
}

/** The options that make the same comparison again, of the same files. */
export function repeatOptions(result: Lineage): string {
  const { rows, alpha, tried, challenge, references } = result;
  const names = references.length === 1 ? 'REFERENCE' : references.map((_, i) => `REFERENCE-${i + 1}`).join(' ');
  return [
    `--against ${references.length > 8 ? 'REFERENCE-1 REFERENCE-2 ...' : names}`,
    `--rows ${rows >= Number.MAX_SAFE_INTEGER ? 'all' : rows}`,
    `--alpha ${alpha}`,
    tried > references.length && `--tried ${tried}`,
    /^[0-9a-f]{64}$/.test(challenge) && `--challenge ${challenge}`,
  ]
    .filter((option) => option !== false)
    .join(' ');
}
