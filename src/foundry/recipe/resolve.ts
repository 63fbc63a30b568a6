// The last part of reading a recipe: defaults that follow from other keys, and checks of one key against another.

import { type Path, showPath, type ValuePlaces } from '../../formats/index.ts';
import { modelSchema, type ReaderName, type RecipeInput, sourceSchema, trainSchema } from './schema.ts';
import { defaultIntermediateSize, defaultMicroBatchSize } from './sizes.ts';
import { listOf, scriptPattern } from './source-values.ts';
import { conversationKind, isConversations, TURN_TOKENS } from './turn-tokens.ts';
import type { ChatRecipe, ModelRecipe, Recipe, RecipeSource, TrainRecipe } from './types.ts';

/** The divisors of n that pass `fits`, nearest to `near` first, at most four, in ascending order: "2, 3, 4, 6". */
function divisors(n: number, near: number, fits: (divisor: number) => boolean = () => true): string {
  const all: number[] = [];
  for (let d = 1; d * d <= n; d++) {
    if (n % d === 0) all.push(d, n / d);
  }
  const good = [...new Set(all)].filter(fits).sort((a, b) => Math.abs(a - near) - Math.abs(b - near));
  return good
    .slice(0, 4)
    .sort((a, b) => a - b)
    .join(', ');
}

/** The default reader for a file's name. */
function readerFor(name: string): ReaderName {
  if (/\.(jsonl|ndjson)(\.gz)?$/i.test(name)) return 'jsonl';
  if (/\.json$/i.test(name)) return 'json-strings';
  return /\.(md|markdown|mdx)$/i.test(name) ? 'markdown' : 'text';
}

/** The values in the order of the schema's keys, as recipes are written; undefined ones are left out. */
function inSchemaOrder<T extends object>(
  { shape }: { shape: object },
  values: { [K in keyof T]: T[K] | undefined },
): T {
  const keys = Object.keys(shape) as (keyof T)[];
  return Object.fromEntries(keys.filter((key) => values[key] !== undefined).map((key) => [key, values[key]])) as T;
}

function resolveSource(source: RecipeInput['corpus']['sources'][number], at: Path, places: ValuePlaces): RecipeSource {
  const name = showPath(at);
  const conflict = (key: string, message: string, hint: string) =>
    places.error('recipe-conflict', [...at, key], message, hint);
  if ((source.npm === undefined) === (source.files === undefined)) {
    const both = source.npm !== undefined;
    throw conflict(
      both ? 'files' : '',
      both ? `${name} names both npm and files` : `${name} names neither npm nor files`,
      both ? 'make two sources of it' : 'say where the text is: files: texts/**/*.md, or npm: name@1.2.3',
    );
  }
  if (source.npm !== undefined) {
    // A missing sha512 is reported by the fetch, which knows the digest to suggest.
    if (source.path === undefined) {
      const hint = 'say which files of the package are text, for example path: docs/**/*.md';
      throw places.error('recipe-missing-key', [...at, 'npm'], `${name}.path is missing`, hint);
    }
    const outside = listOf(source.path).find((path) => path.startsWith('/') || path.split('/').includes('..'));
    if (outside !== undefined) {
      throw conflict(
        'path',
        `${name}.path leaves the package: ${outside}`,
        'name paths below the package, without ".."',
      );
    }
  } else {
    for (const key of ['path', 'sha512'] as const) {
      if (source[key] === undefined) continue;
      const hint =
        key === 'path' ? 'write the whole pattern into files' : 'leave it out: files are digested as they are read';
      throw conflict(key, `${name}.${key} goes with npm only`, hint);
    }
  }
  if (source.script !== undefined && !scriptPattern(source.script)) {
    throw conflict(
      'script',
      `${name}.script is not a Unicode script: ${source.script}`,
      'write a name such as Hangul or Latin',
    );
  }
  const read = source.read ?? readerFor(listOf(source.path ?? source.files)[0] ?? '');
  if (source.field !== undefined && read !== 'jsonl' && read !== 'json-strings') {
    throw conflict('field', `${name}.field means nothing to the reader ${read}`, 'remove it, or read jsonl');
  }
  const field = source.field ?? (read === 'jsonl' ? 'text' : undefined);
  return inSchemaOrder<RecipeSource>(sourceSchema, { ...source, read, field });
}

function resolveModel(input: RecipeInput, sources: readonly RecipeSource[], places: ValuePlaces): ModelRecipe {
  const { model, train } = input;
  const { architecture, hiddenSize, numAttentionHeads: heads, headDim } = model;
  const keyValueHeads = model.numKeyValueHeads ?? heads;
  const resolved = inSchemaOrder<ModelRecipe>(modelSchema, {
    ...model,
    architecture: architecture === 'llama' ? undefined : architecture,
    intermediateSize: model.intermediateSize ?? defaultIntermediateSize(hiddenSize),
    numKeyValueHeads: keyValueHeads,
    headDim: headDim === hiddenSize / heads ? undefined : headDim,
    maxPositionEmbeddings: model.maxPositionEmbeddings ?? train.sequenceLength,
  });
  const conflict = (keys: string[], message: string, hint: string) =>
    places.error(
      'recipe-conflict',
      keys.map((key) => key.split('.')),
      message,
      hint,
    );
  const evenHeads = divisors(hiddenSize, heads, (n) => (hiddenSize / n) % 2 === 0) || 'none, so change hiddenSize';
  if (headDim === undefined && hiddenSize % heads !== 0) {
    throw conflict(
      ['model.numAttentionHeads', 'model.hiddenSize'],
      `model.numAttentionHeads (${heads}) does not divide model.hiddenSize (${hiddenSize})`,
      `heads that fit ${hiddenSize}: ${evenHeads}; or set model.headDim`,
    );
  }
  if (headDim !== undefined && headDim % 2 !== 0) {
    throw conflict(
      ['model.headDim'],
      `model.headDim is ${headDim}, which is odd`,
      'rotary embeddings turn pairs of dimensions',
    );
  }
  if (headDim === undefined && (hiddenSize / heads) % 2 !== 0) {
    throw conflict(
      ['model.numAttentionHeads', 'model.hiddenSize'],
      `a head has model.hiddenSize / model.numAttentionHeads = ${hiddenSize / heads} dimensions, which is odd`,
      `rotary embeddings turn pairs of dimensions; heads that fit ${hiddenSize}: ${evenHeads}`,
    );
  }
  if (heads % keyValueHeads !== 0) {
    throw conflict(
      ['model.numKeyValueHeads', 'model.numAttentionHeads'],
      `model.numKeyValueHeads (${keyValueHeads}) does not divide model.numAttentionHeads (${heads})`,
      `key-value heads that fit ${heads}: ${divisors(heads, keyValueHeads)}`,
    );
  }
  // A window has both conversations of a pair.
  const times = sources.some(({ read }) => conversationKind(read) === 'pair') ? 2 : 1;
  if (train.sequenceLength > times * resolved.maxPositionEmbeddings) {
    throw conflict(
      ['train.sequenceLength', 'model.maxPositionEmbeddings'],
      `train.sequenceLength (${train.sequenceLength}) is above ${times === 2 ? 'twice ' : ''}model.maxPositionEmbeddings (${resolved.maxPositionEmbeddings})`,
      input.from
        ? 'lower train.sequenceLength: a run has the context of its parent'
        : 'raise model.maxPositionEmbeddings (at most 2048) or lower train.sequenceLength',
    );
  }
  return resolved;
}

/** The beta of a recipe with pairs, which has nothing else and a parent; undefined of others. @throws JikjiError `recipe-conflict` */
function resolveBeta(
  { from, train: { dpoBeta } }: RecipeInput,
  sources: readonly RecipeSource[],
  places: ValuePlaces,
): number | undefined {
  const conflict = (path: Path, message: string, hint: string) => places.error('recipe-conflict', path, message, hint);
  const isPairs = sources.map(({ read }) => conversationKind(read) === 'pair');
  const other = isPairs.indexOf(false);
  if (!isPairs.includes(true)) {
    if (dpoBeta === undefined) return undefined;
    const hint = 'remove it, or write read: preferences at the source that has pairs';
    throw conflict(['train', 'dpoBeta'], 'train.dpoBeta is there, and no source has preferences', hint);
  }
  if (other >= 0) {
    const message = `corpus.sources[${other}] has no preferences, and other sources have`;
    throw conflict(
      ['corpus', 'sources', other],
      message,
      'learn them in a run before, which is the parent of this one',
    );
  }
  if (!from) {
    const hint = 'name a model that answers already: from: { run: DIR }';
    throw conflict(['corpus', 'sources', 0], 'preferences are compared with a parent, and there is none', hint);
  }
  return dpoBeta ?? 0.1;
}

function resolveTrain(input: RecipeInput, sources: readonly RecipeSource[], places: ValuePlaces): TrainRecipe {
  const { train } = input;
  const { batchSize, gradientGroups, sequenceLength, learningRate } = train;
  const conflict = (keys: string[], message: string, hint: string) =>
    places.error(
      'recipe-conflict',
      keys.map((key) => ['train', key]),
      message,
      hint,
    );
  if (batchSize % gradientGroups !== 0) {
    throw conflict(
      ['gradientGroups', 'batchSize'],
      `train.gradientGroups (${gradientGroups}) does not divide train.batchSize (${batchSize})`,
      `groups that fit ${batchSize}: ${divisors(batchSize, gradientGroups)}`,
    );
  }
  const group = batchSize / gradientGroups;
  const microBatchSize =
    train.microBatchSize === 'auto'
      ? defaultMicroBatchSize(batchSize, sequenceLength, gradientGroups)
      : train.microBatchSize;
  if (group % microBatchSize !== 0) {
    throw conflict(
      ['microBatchSize', 'batchSize', 'gradientGroups'],
      `train.microBatchSize (${microBatchSize}) does not divide the ${group} sequences of a gradient group (train.batchSize / train.gradientGroups)`,
      `micro-batches that fit ${group}: ${divisors(group, microBatchSize)}; or auto`,
    );
  }
  const minLearningRate = train.minLearningRate ?? learningRate / 10;
  if (minLearningRate > learningRate) {
    throw conflict(
      ['minLearningRate', 'learningRate'],
      `train.minLearningRate (${minLearningRate}) is above train.learningRate (${learningRate})`,
      'lower it; left out, it is a tenth of the learning rate',
    );
  }
  const isMuon = train.optimizer === 'muon';
  if (!isMuon && train.momentum !== undefined) {
    throw conflict(
      ['momentum', 'optimizer'],
      'train.momentum goes with train.optimizer: muon',
      'add optimizer: muon, or remove it: the momentum of AdamW is beta1',
    );
  }
  if (train.validationTokens < sequenceLength) {
    throw conflict(
      ['validationTokens', 'sequenceLength'],
      `train.validationTokens (${train.validationTokens}) is less than one sequence (train.sequenceLength ${sequenceLength})`,
      'raise it: a validation reads whole sequences',
    );
  }
  return inSchemaOrder<TrainRecipe>(trainSchema, {
    ...train,
    microBatchSize,
    minLearningRate,
    optimizer: isMuon ? 'muon' : undefined,
    momentum: isMuon ? (train.momentum ?? 0.95) : undefined,
    dpoBeta: resolveBeta(input, sources, places),
  });
}

function resolveTokenizer({ from, tokenizer }: RecipeInput, places: ValuePlaces): Recipe['tokenizer'] {
  const { vocabSize, bosToken, eosToken } = tokenizer;
  const conflict = (key: string, message: string, hint: string) =>
    places.error('recipe-conflict', ['tokenizer', key], message, hint);
  if (bosToken === undefined && eosToken === undefined) return { vocabSize };
  const [stated, other] = eosToken === undefined ? ['bosToken', 'eosToken'] : ['eosToken', 'bosToken'];
  if (bosToken === undefined || eosToken === undefined)
    throw conflict(stated, `tokenizer.${stated} is there without tokenizer.${other}`, 'give both, or leave both out');
  if (!from) {
    const hint = 'leave it out: a tokenizer that is trained here has <|endoftext|>';
    throw conflict(stated, `tokenizer.${stated} goes with from`, hint);
  }
  return { vocabSize, bosToken, eosToken };
}

/**
 * Fills in defaults that follow from other keys and checks the keys against each other.
 * @throws JikjiError `recipe-conflict` or `recipe-missing-key`
 */
export function resolveRecipe(input: RecipeInput, defaultName: string, places: ValuePlaces): Recipe {
  const sources = input.corpus.sources.map((source, i) => resolveSource(source, ['corpus', 'sources', i], places));
  const chat = resolveChat(input, sources, places);
  return {
    name: input.name ?? defaultName,
    ...(input.seed !== undefined && { seed: input.seed }),
    ...(input.from && { from: input.from }),
    corpus: { sources, validation: input.corpus.validation },
    tokenizer: resolveTokenizer(input, places),
    ...(chat && { chat }),
    model: resolveModel(input, sources, places),
    train: resolveTrain(input, sources, places),
  };
}

// The section `chat` of a recipe: how conversations become tokens.

/** 256 bytes and `<|endoftext|>`. */
const LEAST_ENTRIES = 257;

/** The section of a recipe with these sources; undefined without conversations. @throws JikjiError `recipe-conflict` */
function resolveChat(
  { chat, tokenizer }: RecipeInput,
  sources: readonly RecipeSource[],
  places: ValuePlaces,
): ChatRecipe | undefined {
  const conflict = (path: string[], message: string, hint: string) =>
    places.error('recipe-conflict', path, message, hint);
  if (!sources.some(({ read }) => isConversations(read))) {
    if (!chat) return undefined;
    const hint = 'remove it, or write read: conversations at the source that has them';
    throw conflict(['chat'], 'chat is there, and no source has conversations', hint);
  }
  const tokens = [...(chat?.tokens ?? TURN_TOKENS)];
  const bad = tokens.find((token, i) => tokens.indexOf(token) !== i || token === '<|endoftext|>');
  if (bad !== undefined) {
    const hint = 'name each token once, without <|endoftext|>';
    throw conflict(['chat', 'tokens'], `chat.tokens names ${bad}, which is there without it`, hint);
  }
  if (tokenizer.vocabSize < LEAST_ENTRIES + tokens.length) {
    const message = `tokenizer.vocabSize (${tokenizer.vocabSize}) has no room for 256 bytes, <|endoftext|> and ${tokens.length} tokens of chat`;
    throw conflict(['tokenizer', 'vocabSize'], message, 'raise it, for example to 4096');
  }
  return { ...(chat?.template !== undefined && { template: chat.template }), tokens };
}
