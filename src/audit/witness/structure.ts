// The structure of a witnessed run: its statements, files and transcript against each other, and each recorded state against its root.

import type { z } from 'zod';
import type { Both } from '../../base/index.ts';
import { digestOfCommitment } from '../../ledger/index.ts';
import { SEAL, TRANSCRIPT } from '../../run-folder/index.ts';
import { Findings } from '../findings.ts';
import type { RunFolder } from '../folder.ts';
import { COMMON } from '../sentences/common.ts';
import { STRUCTURE } from '../sentences/structure.ts';
import type { Expectations } from '../statements.ts';
import type { CheckContext } from '../structure.ts';
import { readTranscript, type Steps } from '../transcript.ts';
import { type DrawnPair, drawPairs, isDrawnAfter } from './draw.ts';
import {
  type FileList,
  MADE_FROM,
  type MadeFromFile,
  readJsonIn,
  type WitnessEnvironment,
  type WitnessRecipe,
} from './files.ts';
import { EVIDENCE } from './sentences/evidence.ts';
import { checkWitnessStatements, type WitnessStatements } from './statements.ts';
import { stateFolder, WitnessState } from './states.ts';
import type { WitnessCheck, WitnessFindings } from './types.ts';

/** The input of the other checks. A part is undefined if it could not be read or used. */
export interface WitnessEvidence {
  folder: RunFolder;
  statements?: WitnessStatements;
  recipe?: WitnessRecipe;
  environment?: WitnessEnvironment;
  code?: FileList;
  data?: FileList;
  steps?: Steps;
  /** By the heads and the office's nonces. */
  drawn: readonly DrawnPair[];
  /** Steps of the recorded states that are whole, ascending: 0 where S_0 is there. */
  states: readonly number[];
}

export async function checkWitnessStructure(
  folder: RunFolder,
  expected: Expectations,
  { signal, showProgress }: CheckContext,
): Promise<{ check: WitnessCheck; evidence: WitnessEvidence }> {
  const findings: WitnessFindings = new Findings('structure');
  const evidence: WitnessEvidence = { folder, drawn: [], states: [] };
  const done = (detail: Both) => ({ check: findings.check(detail), evidence });
  await showProgress('signatures', 0);
  const statements = checkWitnessStatements(folder, expected, findings);
  if (!statements) return done(STRUCTURE.noGenesis);
  evidence.statements = statements;
  readMadeFrom(evidence, statements, findings);

  await showProgress('transcript', 0.05);
  const { commitment } = statements.genesis.predicate;
  const { steps: planned, pairEvery } = commitment;
  const plan = {
    steps: planned,
    origin: digestOfCommitment(commitment),
    mayBeCutOff: true,
    keepsLink: (step: number) => isDrawnAfter(step, { steps: planned, every: pairEvery }) || statements.heads.has(step),
  };
  const steps = await readTranscript(folder, plan, findings, signal);
  if (!steps) return done(COMMON.noTranscript);
  evidence.steps = steps;
  checkEnd(statements, steps, planned, findings);
  checkHeadLinks(statements, steps, findings);
  if (statements.areAnswersWhole) {
    evidence.drawn = drawPairs({
      steps: planned,
      every: pairEvery,
      linkAt: (step) => (step === 0 ? plan.origin : steps.links.get(step)),
      nonceAt: (step) => (step === 0 ? statements.lodging : statements.heads.get(step)?.answer)?.predicate.nonce,
    });
    checkRoots(evidence, commitment, findings);
  }
  const roots = new Map([[0, commitment.stateRoot], ...steps.roots]);
  evidence.states = await checkStates(folder, roots, findings, (at) => showProgress('states', 0.1 + 0.9 * at));
  const { lodging, heads } = statements;
  const answered = heads.size + (lodging ? 1 : 0);
  const states = evidence.states.length;
  return done(EVIDENCE.whole({ steps: steps.count, planned, states, answers: answered }));
}

/** Reads what the run is made from; digest and size are those that genesis names. */
function readMadeFrom(evidence: WitnessEvidence, { genesis }: WitnessStatements, findings: WitnessFindings): void {
  const { commitment } = genesis.predicate;
  const read = <T>(file: MadeFromFile, shape: z.ZodType<T>, digest: string): T | undefined =>
    findings.try(file, () => {
      const json = readJsonIn(evidence.folder, file, shape);
      if (json.digest !== digest) findings.refuted(file, EVIDENCE.otherFile);
      return json.value;
    });
  Object.assign(evidence, {
    recipe: read('recipe.json', MADE_FROM['recipe.json'], commitment.recipe),
    data: read('data.json', MADE_FROM['data.json'], commitment.data),
    code: read('code.json', MADE_FROM['code.json'], commitment.code),
    environment: read('environment.json', MADE_FROM['environment.json'], commitment.environment),
  });
  if (evidence.environment && evidence.environment.ranks !== commitment.ranks)
    findings.refuted('environment.json', EVIDENCE.otherRanks);
}

/** A transcript that ends too early was cut off, or the run was: neither says anything against it. */
function checkEnd({ seal }: WitnessStatements, steps: Steps, planned: number, findings: WitnessFindings): void {
  if (steps.readable && steps.count < planned) findings.incomplete(TRANSCRIPT, EVIDENCE.ends(steps.count, planned));
  if (!seal || steps.count < planned) return;
  if (seal.predicate.head !== steps.head) findings.refuted(SEAL, EVIDENCE.otherHead);
  const last = steps.roots.get(planned);
  if (last !== undefined && seal.subjects.get('state') !== last) findings.refuted(SEAL, EVIDENCE.otherState);
  if (seal.subjects.size !== 1 || seal.sizes.size > 0) findings.refuted(SEAL, EVIDENCE.onlyState);
}

/** What an office answered cannot be changed afterwards. */
function checkHeadLinks({ heads }: WitnessStatements, steps: Steps, findings: WitnessFindings): void {
  for (const [step, { link }] of heads)
    if (step <= steps.count && steps.links.get(step) !== link) findings.refuted(TRANSCRIPT, EVIDENCE.changed, { step });
}

/** Roots stand where the plan and the draws ask for them, and nowhere else. */
function checkRoots(
  { steps, drawn }: WitnessEvidence,
  commitment: { kept: number[] },
  findings: WitnessFindings,
): void {
  const wanted = new Map<number, Both>(commitment.kept.map((step) => [step, EVIDENCE.noRootOfKept]));
  wanted.set(1, EVIDENCE.noRootOfFirst);
  for (const { step } of drawn) for (const end of [step - 1, step]) wanted.set(end, EVIDENCE.noRootOfPair(step));
  for (const [step, text] of wanted)
    if (step <= steps!.count && !steps!.roots.has(step)) findings.refuted(TRANSCRIPT, text, { step });
  for (const step of steps!.roots.keys())
    if (!wanted.has(step)) findings.refuted(TRANSCRIPT, EVIDENCE.needlessRoot, { step });
}

/** The steps of the states that are whole. */
async function checkStates(
  folder: RunFolder,
  roots: ReadonlyMap<number, string>,
  findings: WitnessFindings,
  show: (share: number) => Promise<void>,
): Promise<number[]> {
  const whole: number[] = [];
  let seen = 0;
  for (const [step, root] of [...roots].sort(([a], [b]) => a - b)) {
    const file = stateFolder(step);
    const share = seen++ / roots.size;
    if (step === 0 && !folder.hasEntry(`${file}/state.json`)) {
      findings.note(EVIDENCE.noStart);
      continue;
    }
    await findings.tryAsync(
      file,
      async () => {
        const state = WitnessState.open(folder, step);
        try {
          if (state.statedRoot !== root || (await state.root(() => show(share))) !== root)
            findings.refuted(file, EVIDENCE.otherRoot, { step });
          else whole.push(step);
        } finally {
          state.close();
        }
      },
      { step },
    );
  }
  return whole;
}
