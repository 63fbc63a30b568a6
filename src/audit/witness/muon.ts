// The optimizer's step of pairs where the optimizer is PyTorch's Muon: reads the matrices of two states, and judges what muon-step.ts finds.
// docs/witness.md, "The optimizer's step".

import { Findings } from '../findings.ts';
import { pairedSteps } from './draw.ts';
import type { WitnessRecipe } from './files.ts';
import {
  compareMuonStep,
  isTooLarge,
  type MuonCompared,
  type MuonGroup,
  muonGroupOf,
  roundingOfMuonStep,
} from './muon-step.ts';
import { learningRateOf, momentOf, numbersOf } from './parameters.ts';
import { MUON, OPTIMIZER } from './sentences/optimizer.ts';
import { stateFolder, WitnessState } from './states.ts';
import type { WitnessEvidence } from './structure.ts';
import type { WitnessCheck, WitnessCheckName } from './types.ts';
import {
  besideIn,
  type ChangedTensors,
  changedUngrouped,
  detailOf,
  isStill,
  type NotFollowed,
  onlyAgain,
  type StepEvidence,
  withChanged,
} from './ungrouped-tensors.ts';

/**
 * What rounding to bfloat16 can do. Measured over matrices of 6 to 512 rows, random and of low rank, on two instruction sets: a step's length
 * was off by at most .0007, and .015 of its way lay beside it.
 */
const ALONG = 0.004;
const BESIDE = 0.06;
/** Where it can do more (a matrix of low rank), so many times what other roundings of the same sums do here; beyond MOST a matrix tells nothing. */
const OF_ROUNDING = 4;
const MOST = 0.5;
const BUFFER = 'momentum_buffer';

type Pair = readonly [WitnessState, WitnessState];
type Optimizer = WitnessRecipe['optimizer'];

/** What was found of a matrix, and the most that counts as rounding. */
interface Judged {
  found: MuonCompared;
  limits: MuonCompared;
}

/** The step of a matrix; undefined where it is not compared. */
function compared(
  [before, after]: Pair,
  name: string,
  of: { group: MuonGroup; learningRate: number },
): Judged | undefined {
  const tensor = after.tensors.get(name);
  const isLike = tensor !== undefined && JSON.stringify(before.tensors.get(name)) === JSON.stringify(tensor);
  if (!isLike || tensor.shape.length !== 2 || !['F32', 'F64'].includes(tensor.dtype)) return undefined;
  if (isTooLarge(tensor.shape, of.group)) return undefined;
  const shape = tensor.shape as [number, number];
  const length = shape[0] * shape[1];
  const numbers = (state: WitnessState) => ({
    weights: numbersOf(state, name, 0, length),
    momentum: momentOf(state, BUFFER, name, 0, length),
  });
  const step = { shape, before: numbers(before), after: numbers(after), learningRate: of.learningRate };
  const found = compareMuonStep(step, of.group);
  const least = { along: ALONG, beside: BESIDE };
  if (isWithin(found, least)) return { found, limits: least };
  const rounding = roundingOfMuonStep(step, of.group);
  const limits = {
    along: Math.max(ALONG, OF_ROUNDING * rounding.along),
    beside: Math.max(BESIDE, OF_ROUNDING * rounding.beside),
  };
  return limits.beside > MOST ? undefined : { found, limits };
}

const isWithin = (found: MuonCompared, limits: MuonCompared): boolean =>
  Math.abs(found.along - 1) <= limits.along && found.beside <= limits.beside;

/** Rounded up: no sentence claims that less is hidden than is. */
const percent = (share: number): string => `${Math.ceil(1000 * share - 1e-9) / 10}%`;

/** The check, or why this Muon is not one that can be checked. */
export async function checkMuon(
  { folder, states, steps }: Pick<WitnessEvidence, 'folder' | 'states' | 'steps'>,
  { groups, class: name }: Optimizer,
  shown: StepEvidence,
  showProgress: (detail: string, fraction: number) => Promise<void>,
): Promise<WitnessCheck | NotFollowed> {
  if (new Set(groups.map(({ options }) => options.lr)).size > 1) return OPTIMIZER.ownRates;
  const known = groups.map(({ options, parameters }) => ({ group: muonGroupOf(options), parameters }));
  if (known.some(({ group }) => group === undefined)) return MUON.odd;
  const findings = new Findings<WitnessCheckName>('optimizer');
  const changed: ChangedTensors[] = [];
  const parameters = new Set(groups.flatMap((one) => one.parameters));
  const paired = pairedSteps(states);
  const most = { along: 0, beside: 0 };
  const limit = { along: ALONG, beside: BESIDE };
  let [left, skipped, times, unread] = [0, 0, 0, 0];
  const refuted = new Set<number>();
  /** Steps that do not follow, and that training again gave to the bit. */
  const excused = new Set<number>();
  for (const [i, to] of states.entries()) {
    if (i === 0) continue;
    const opened: WitnessState[] = [];
    try {
      for (const one of [states[i - 1]!, to]) opened.push(WitnessState.open(folder, one));
      const pair = opened as unknown as Pair;
      const tensors = changedUngrouped(pair, parameters, [BUFFER]);
      if (tensors.length > 0) changed.push({ from: states[i - 1]!, to, tensors });
      if (!paired.includes(to)) continue;
      if (isStill(pair[0], pair[1], parameters)) {
        skipped++;
        if (!shown.held(to)) findings.incomplete(stateFolder(to), OPTIMIZER.noStepMade, { step: to });
        continue;
      }
      for (const { group, parameters: names } of known) {
        for (const tensor of names) {
          await showProgress(`step ${to}`, i / states.length);
          const judged = compared(pair, tensor, { group: group!, learningRate: learningRateOf(steps!, to) });
          if (!judged) {
            left++;
            continue;
          }
          times++;
          const { found, limits } = judged;
          if (isWithin(found, limits)) {
            most.along = Math.max(most.along, Math.abs(found.along - 1));
            most.beside = Math.max(most.beside, found.beside);
            limit.along = Math.max(limit.along, limits.along);
            limit.beside = Math.max(limit.beside, limits.beside);
          } else if (shown.held(to)) excused.add(to);
          else {
            refuted.add(to);
            const text = MUON.notAlong(found.along.toPrecision(4), found.beside.toPrecision(2));
            findings.refuted(stateFolder(to), text, { step: to, tensor });
          }
        }
      }
    } catch (error) {
      findings.caught(stateFolder(to), error, { step: to });
      if (paired.includes(to)) unread++;
    } finally {
      for (const state of opened) state.close();
    }
  }
  const beside = besideIn(name, refuted.size, paired, shown);
  if (beside) return beside;
  const all = { paired: paired.length, refuted: refuted.size, excused: excused.size, skipped, unread };
  const again = findings.verdict === 'holds' ? onlyAgain(name, all, changed, shown) : undefined;
  if (again) return again;
  if (excused.size > 0) findings.note(OPTIMIZER.excused(excused.size, name));
  if (skipped > 0) findings.note(OPTIMIZER.skipped(skipped));
  if (left > 0 && times > 0) findings.note(MUON.left(left));
  else if (left > 0) findings.incomplete('states', MUON.left(left));
  findings.note(
    MUON.room(
      { along: percent(limit.along), beside: percent(limit.beside) },
      { along: most.along.toExponential(1), beside: most.beside.toExponential(1) },
    ),
  );
  if (paired.length === 0) findings.incomplete('states', OPTIMIZER.noPairs);
  const isNone = paired.length === 0 || (times === 0 && unread === 0);
  return withChanged(findings.check(isNone ? OPTIMIZER.noStep : detailOf(name, all)), changed, shown);
}
