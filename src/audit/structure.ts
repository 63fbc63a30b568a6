// Structure: checks digests, signatures and forms, without computing a step. What it can read is the evidence for the other checks.

import { basename } from 'node:path';
import type { Both } from '../base/index.ts';
import { ARITHMETIC_VERSION, CHAT_FILES, chatFiles, checkpointPlan, modelOf } from '../foundry/index.ts';
import { type ModelConfig, toHuggingFace } from '../foundry/model/index.ts';
import {
  parseRunRecipe,
  type Recipe,
  type RunRecipe,
  recipeDigestInput,
  recipeToYaml,
} from '../foundry/recipe/index.ts';
import { loadRunTokenizer, type RunTokenizer } from '../foundry/tokenizer/index.ts';
import {
  canonicalJson,
  digestOfJson,
  parentOf,
  REFERENCES,
  referencesOf,
  rootOfState,
  START,
  usedTokensOf,
} from '../ledger/index.ts';
import {
  GENESIS,
  handOverFile,
  MANIFEST,
  RECIPE,
  SEAL,
  TOKENIZER,
  TOKENS,
  TRANSCRIPT,
  takeOverFile,
} from '../run-folder/index.ts';
import { checkReferences, checkStart, type References, type StartWeights } from './beginning.ts';
import { Findings } from './findings.ts';
import type { RunFolder } from './folder.ts';
import { noteOtherFiles } from './other-files.ts';
import { checkParentTokenizer, tokenizerOfParent } from './parent-tokenizer.ts';
import { COMMON } from './sentences/common.ts';
import { HAND_OVERS } from './sentences/statements.ts';
import { STRUCTURE } from './sentences/structure.ts';
import {
  checkHandOvers,
  checkSeed,
  checkStatements,
  type Expectations,
  movesOf,
  type RunStatements,
} from './statements.ts';
import {
  checkHeader,
  expectedModel,
  expectedState,
  type FileLayout,
  firstDifference,
  stateFile,
  stateNote,
  withStates,
} from './states.ts';
import { checkTexts, digestOf, type Texts } from './texts.ts';
import { planOf, readTranscript, type Steps } from './transcript.ts';
import type { Check } from './types.ts';

const MODEL = 'model/model.safetensors';

/**
 * Whether a file has the signed size, or, where the statement lacks it, a plausible one. A file of another size is refuted and must not
 * be read. @throws JikjiError `evidence-missing`, `not-a-plain-file`
 */
function hasSize(folder: RunFolder, name: string, signedSize: number | undefined, findings: Findings): boolean {
  folder.file(name);
  const size = folder.size(name)!;
  if (signedSize === undefined ? size <= MAX_TEXT : size === signedSize) return true;
  findings.refuted(name, signedSize === undefined ? COMMON.tooLarge(size) : STRUCTURE.notSignedSize(size, signedSize));
  return false;
}

/** All files that a seal names. No other file may be in `model/`: a loader could take it for weights or code. */
const sealedFiles = ({ chat }: Pick<Recipe, 'chat'>): string[] => [
  ...[RECIPE, 'model/README.md', 'model/config.json', MODEL, 'model/tokenizer.json'],
  ...(chat ? CHAT_FILES.map((name) => `model/${name}`) : []),
];
const MAX_TEXT = 256 << 20;

/** The input of the other checks. A part is undefined if it could not be read or used. */
export interface Evidence {
  folder: RunFolder;
  statements?: RunStatements;
  recipe?: RunRecipe;
  tokenizer?: RunTokenizer;
  /** That of the parent, with which the run's begins. */
  parentTokenizer?: RunTokenizer;
  config?: ModelConfig;
  expected?: FileLayout;
  steps?: Steps;
  texts?: Texts;
  /** Of a run that learns from pairs: the nats of the conversations of a source by the weights of step 0, as genesis names them. */
  references?: References;
  /** Steps of the kept states, ascending. */
  kept: readonly number[];
  /** The condition of S_0 and of each kept state, by its step; `whole` if it matches its digests. */
  states: Map<number, 'whole' | 'missing' | 'broken'>;
}

export interface CheckContext {
  signal: AbortSignal;
  /** Shows progress (`fraction` from 0 to 1) and lets other tasks run. @throws the reason of the signal */
  showProgress(detail: string, fraction: number): Promise<void>;
}

export async function checkStructure(
  folder: RunFolder,
  expectations: Expectations,
  { signal, showProgress }: CheckContext,
): Promise<{ check: Check; evidence: Evidence }> {
  const findings = new Findings('structure');
  const evidence: Evidence = { folder, kept: [], states: new Map() };
  const done = (detail: Both) => ({ check: findings.check(detail), evidence });

  await showProgress('signatures', 0);
  const statements = checkStatements(folder, expectations, findings);
  if (!statements) return done(STRUCTURE.noGenesis);
  evidence.statements = statements;
  const { commitment } = statements.genesis.predicate;
  if (commitment.arithmeticVersion !== ARITHMETIC_VERSION) {
    findings.incomplete(GENESIS, STRUCTURE.unknownArithmetic(commitment.arithmeticVersion));
    return done(STRUCTURE.otherArithmetic);
  }

  const recipe = readRecipe(evidence, findings);
  if (!recipe) return done(STRUCTURE.noRecipe);
  evidence.recipe = recipe;
  evidence.kept = commitment.kept;
  await readTokenizer(evidence, recipe, findings, () => showProgress('tokenizer', 0.03));

  await showProgress('transcript', 0.05);
  const handed = new Set(statements.chain.map(({ statement }) => statement.predicate.step));
  const plan = { ...planOf(commitment), keepsLink: (step: number) => handed.has(step) };
  const steps = await readTranscript(folder, plan, findings, signal);
  if (steps) {
    evidence.steps = steps;
    checkHandOvers(statements, steps, findings);
  }
  checkEnd(evidence, findings);

  await showProgress('texts and tokens', 0.2);
  const vocabSize = evidence.tokenizer?.vocabSize;
  if (haveSignedSizes(evidence, [MANIFEST, TOKENS], findings)) {
    const pause = (): Promise<void> => showProgress('texts and tokens', 0.2);
    const texts = await checkTexts(
      folder,
      { recipe, genesis: statements.genesis.predicate, vocabSize },
      findings,
      pause,
    );
    if (texts) evidence.texts = texts;
    if (haveSignedSizes(evidence, [REFERENCES], findings)) {
      const references = await checkReferences(folder, { commitment, recipe, texts }, findings, pause);
      if (references) evidence.references = references;
    }
  }

  let whole = 0;
  if (evidence.expected) {
    await checkBeginning(evidence, findings, () => showProgress('state of step 0', 0.28));
    for (const [i, step] of commitment.kept.entries()) {
      const fraction = 0.3 + (0.65 * i) / commitment.kept.length;
      const pause = () => showProgress(`state of step ${step}`, fraction);
      const found = await checkState(evidence, step, findings, pause);
      evidence.states.set(step, found);
      if (found === 'whole') whole++;
    }
  }
  if (statements.seal) await checkModel(evidence, findings, () => showProgress('model', 0.95));
  const moves = movesOf(statements);
  if (moves.length > 0) findings.note(HAND_OVERS.moved(moves));
  const belongs = { kept: commitment.kept, fromParent: filesOfParent(statements), chain: statements.chain };
  noteOtherFiles(folder, { recipe, ...belongs }, findings);

  const { genesis, seal, lodging, sealLodging, chain } = statements;
  const all = [genesis, seal, lodging, sealLodging, ...chain.flatMap(({ statement, taken }) => [statement, taken])];
  const signatures = all.filter(Boolean).length;
  return done(STRUCTURE.whole(signatures, steps?.count ?? 0, whole, commitment.kept.length));
}

/** Reads the recipe, which must be in its written form, and compares it with what genesis repeats of it. */
function readRecipe({ folder, statements }: Evidence, findings: Findings): RunRecipe | undefined {
  const { commitment } = statements!.genesis.predicate;
  const recipe = findings.try(RECIPE, () => {
    const text = folder.text(RECIPE, 4 << 20);
    const read = parseRunRecipe(text, RECIPE);
    if (recipeToYaml(read) !== text) findings.refuted(RECIPE, COMMON.notWritten);
    return read;
  });
  if (!recipe) return undefined;
  if (digestOfJson(recipeDigestInput(recipe)) !== commitment.recipe) {
    findings.refuted(RECIPE, STRUCTURE.otherRecipe);
  }
  if ((recipe.from === undefined) !== (parentOf(commitment) === undefined)) {
    findings.refuted(GENESIS, recipe.from ? STRUCTURE.namesNoParent : STRUCTURE.namesParent);
  }
  checkSeed(statements!, recipe.seed, findings);
  const { train } = recipe;
  if (commitment.steps !== train.steps) {
    findings.refuted(GENESIS, STRUCTURE.otherSteps(commitment.steps, train.steps));
    return undefined;
  }
  // The number is compared before the list is made: a recipe can plan a billion checkpoints.
  const count = Math.ceil(train.steps / train.checkpointEvery);
  const plan = count === commitment.checkpoints.length ? checkpointPlan(train) : undefined;
  if (plan?.steps.join() !== commitment.checkpoints.join() || plan.kept.join() !== commitment.kept.join()) {
    findings.refuted(GENESIS, STRUCTURE.otherStates);
    return undefined;
  }
  return recipe;
}

async function readTokenizer(
  evidence: Evidence,
  recipe: RunRecipe,
  findings: Findings,
  pause: () => Promise<void>,
): Promise<void> {
  const { folder, statements } = evidence;
  const { commitment } = statements!.genesis.predicate;
  const tokenizer = await findings.tryAsync(TOKENIZER, async () => {
    if (!hasSize(folder, TOKENIZER, statements!.genesis.sizes.get('tokenizer'), findings)) return undefined;
    if ((await digestOf(folder, TOKENIZER, pause)) !== commitment.tokenizer) {
      findings.refuted(TOKENIZER, STRUCTURE.otherTokenizer);
    }
    return loadRunTokenizer(folder.file(TOKENIZER), recipe.tokenizer);
  });
  if (!tokenizer) return;
  if (tokenizer.vocabSize > recipe.tokenizer.vocabSize) {
    findings.refuted(TOKENIZER, STRUCTURE.tooManyEntries(tokenizer.vocabSize, recipe.tokenizer.vocabSize));
    return;
  }
  evidence.tokenizer = tokenizer;
  evidence.config = modelOf(recipe, tokenizer.vocabSize);
  evidence.expected = expectedState(evidence.config, recipe.train);
}

/** Checks what the run begins with: the weights of S_0 where they are a parent's, and the parent's tokenizer. */
async function checkBeginning(evidence: Evidence, findings: Findings, pause: () => Promise<void>): Promise<void> {
  const { folder, config, tokenizer } = evidence;
  const statements = evidence.statements!;
  const { commitment } = statements.genesis.predicate;
  const { state, rows }: StartWeights = haveSignedSizes(evidence, [START], findings)
    ? await checkStart(folder, { commitment, config: config! }, findings, pause)
    : { state: 'broken' };
  evidence.states.set(0, state);
  if (!parentOf(commitment)) return;
  const { vocabSize } = evidence.recipe!.tokenizer;
  const begun = { folder, statements, vocabSize, tokenizer: tokenizer!, rows };
  const found = await checkParentTokenizer(begun, findings, pause);
  if (found) evidence.parentTokenizer = found;
}

/** The files in the folder `start` that are evidence. */
function filesOfParent({ genesis, parent }: RunStatements): string[] {
  const { commitment } = genesis.predicate;
  if (!parentOf(commitment)) return [];
  const isExtended = tokenizerOfParent(commitment, parent?.genesis) !== commitment.tokenizer;
  const isReference = referencesOf(commitment) !== undefined;
  return [
    ...['model.safetensors', 'seal.json', 'genesis.json'],
    ...(isExtended ? ['tokenizer.json'] : []),
    ...(isReference ? [basename(REFERENCES)] : []),
    ...(parent?.chain ?? []).flatMap((_, i) => [handOverFile(i + 1), takeOverFile(i + 1)]),
  ];
}

/** Whether files have the sizes that genesis signed, as far as they are there and sizes were signed. */
function haveSignedSizes({ folder, statements }: Evidence, names: readonly string[], findings: Findings): boolean {
  const { sizes } = statements!.genesis;
  return names.every((name) => {
    const size = sizes.get(name);
    const good = findings.try(
      name,
      () => size === undefined || !folder.has(name) || hasSize(folder, name, size, findings),
    );
    return good === true;
  });
}

/** Compares the transcript's end with the plan and the seal. */
function checkEnd({ statements, steps, recipe }: Evidence, findings: Findings): void {
  const { genesis, seal } = statements!;
  const { train } = recipe!;
  const planned = genesis.predicate.commitment.steps;
  if (steps?.readable && steps.count < planned) {
    const text = STRUCTURE.ends(steps.count, planned);
    if (seal) findings.refuted(TRANSCRIPT, text, { step: steps.count });
    else findings.incomplete(TRANSCRIPT, text, { step: steps.count });
  }
  if (!seal) return;
  const { predicate, subjects } = seal;
  if (predicate.steps !== planned) findings.refuted(SEAL, STRUCTURE.sealsSteps(predicate.steps, planned));
  const tokens = train.steps * train.batchSize * train.sequenceLength;
  if (predicate.tokens !== tokens) findings.refuted(SEAL, STRUCTURE.sealsTokens(predicate.tokens, tokens));
  if (usedTokensOf(predicate) !== undefined && !recipe!.chat) findings.refuted(SEAL, STRUCTURE.usedTokens);
  if (!steps || steps.count < planned) return;
  if (predicate.head !== steps.head) findings.refuted(SEAL, STRUCTURE.sealsTranscript, { step: planned });
  const root = steps.roots.get(planned);
  if (root !== undefined && subjects.get('state') !== root) {
    findings.refuted(SEAL, STRUCTURE.sealsState, { step: planned });
  }
}

/** Checks a kept state: its note, its header, the root of its bytes. */
async function checkState(
  { folder, steps, expected }: Evidence,
  step: number,
  findings: Findings,
  pause: () => Promise<void>,
): Promise<'whole' | 'missing' | 'broken'> {
  const file = stateFile(step);
  const note = stateNote(step);
  const ofState = new Findings('structure');
  try {
    checkHeader(folder, file, expected!);
    const root = await withStates(folder, [file], (state) =>
      rootOfState({ step, tensors: expected!.tensors, read: state!.read }, pause),
    );
    const recorded = steps?.roots.get(step);
    if (recorded === undefined) {
      if (steps && steps.count >= step) ofState.refuted(TRANSCRIPT, STRUCTURE.noRoot, { step });
    } else if (recorded !== root) ofState.refuted(file, STRUCTURE.otherRoot, { step });
    const text = folder.text(note, 1024);
    if (text !== `${canonicalJson({ formatVersion: 1, stateRoot: root, step })}\n`) {
      ofState.refuted(note, STRUCTURE.otherNote, { step });
    }
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    const missing = code === 'evidence-missing' && (error as { input?: unknown }).input;
    if (missing) ofState.incomplete(String(missing), STRUCTURE.stateMissing, { step });
    else ofState.caught(file, error, { step });
  }
  findings.add(ofState.findings);
  return ofState.verdict === 'holds' ? 'whole' : ofState.verdict === 'incomplete' ? 'missing' : 'broken';
}

/** Checks the exported model: only sealed files, the weights of the last state, the config of the recipe. */
async function checkModel(evidence: Evidence, findings: Findings, pause: () => Promise<void>): Promise<void> {
  const { folder, statements, recipe, kept, config, tokenizer, expected, states } = evidence;
  const { subjects, sizes } = statements!.seal!;
  const sealed = sealedFiles(recipe!);
  for (const name of subjects.keys()) {
    if (name !== 'state' && !sealed.includes(name)) {
      findings.refuted(SEAL, STRUCTURE.sealNamesOther(name));
      return;
    }
  }
  for (const name of sizes.keys()) {
    if (!sealed.includes(name)) findings.refuted(SEAL, STRUCTURE.sizeOfOther(name));
  }
  const model = config && expectedModel(config);
  /** Files whose digest matches: only these are read. */
  const whole = new Set<string>();
  for (const name of sealed) {
    const digest = subjects.get(name);
    if (digest === undefined) {
      findings.refuted(SEAL, STRUCTURE.doesNotName(name));
      continue;
    }
    await pause();
    await findings.tryAsync(name, async () => {
      const signedSize = sizes.get(name);
      if (signedSize === undefined) findings.refuted(SEAL, STRUCTURE.noSize(name));
      // The size of the weights follows from the config, whatever was signed.
      const known = name === MODEL ? model?.size : undefined;
      if (known !== undefined && !hasSize(folder, name, known, findings)) return;
      if (known === undefined || signedSize !== undefined) {
        if (!hasSize(folder, name, signedSize, findings)) return;
      }
      if ((await digestOf(folder, name, pause)) === digest) whole.add(name);
      else findings.refuted(name, STRUCTURE.notSealedFile);
    });
  }
  findings.try('model', () => {
    for (const name of folder.names('model')) {
      if (!subjects.has(`model/${name}`)) findings.refuted(`model/${name}`, STRUCTURE.notSealed);
    }
  });
  const last = kept.at(-1);
  if (!config || !expected || !model || last === undefined) return;
  const { tokenizer: known } = statements!.genesis.predicate.commitment;
  if (subjects.get('model/tokenizer.json') !== known && subjects.has('model/tokenizer.json')) {
    findings.refuted('model/tokenizer.json', STRUCTURE.notRunsTokenizer);
  }
  findings.try('model/config.json', () => {
    if (!whole.has('model/config.json')) return;
    const wanted = `${JSON.stringify(toHuggingFace(config, tokenizer!.prefixId, tokenizer!.eosId), null, 2)}\n`;
    if (folder.text('model/config.json', MAX_TEXT) !== wanted) {
      findings.refuted('model/config.json', STRUCTURE.notRecipesModel);
    }
  });
  if (recipe!.chat) await checkChatFiles(evidence, whole, findings);
  if (states.get(last) === 'missing') return;
  await findings.tryAsync(MODEL, async () => {
    if (!folder.has(MODEL)) return;
    checkHeader(folder, MODEL, model);
    checkHeader(folder, stateFile(last), expected);
    const tensor = await withStates(folder, [MODEL, stateFile(last)], (exported, state) =>
      firstDifference(exported!, state!, model, pause),
    );
    if (tensor !== undefined) findings.refuted(MODEL, STRUCTURE.otherWeights, { step: last, tensor });
  });
}

/** Makes the files again that stand beside a model that was trained on conversations. `whole`: those with their sealed digest. */
async function checkChatFiles(
  { folder, texts, tokenizer, config }: Evidence,
  whole: ReadonlySet<string>,
  findings: Findings,
): Promise<void> {
  const template = texts?.template;
  if (template === undefined) {
    findings.incomplete('model/chat_template.jinja', STRUCTURE.noTemplate);
    return;
  }
  const made = await findings.tryAsync('model/chat_template.jinja', () =>
    chatFiles(template, tokenizer!, config!.maxPositionEmbeddings),
  );
  for (const [name, text] of Object.entries(made ?? {})) {
    const path = `model/${name}`;
    if (whole.has(path) && findings.try(path, () => folder.text(path, MAX_TEXT)) !== text)
      findings.refuted(path, STRUCTURE.otherChatFile);
  }
}
