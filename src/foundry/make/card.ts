// The model card that make writes as model/README.md. It depends on its facts only, so an audit can write it again. Reads no files.

import { count } from '../../base/index.ts';
import type { Parent } from '../../ledger/index.ts';
import type { CorpusManifest } from '../corpus/index.ts';
import { originName } from '../corpus/index.ts';
import { architectureOf, type ModelConfig, parameterCount } from '../model/index.ts';
import type { RunRecipe } from '../recipe/index.ts';
import type { PairScore } from '../train/index.ts';
import type { HeldOutScore } from './held-out.ts';

export interface CardFacts extends HeldOutScore {
  recipe: RunRecipe;
  config: ModelConfig;
  manifest: CorpusManifest;
  /** The score of S_0, of a run with a parent. */
  before?: HeldOutScore | undefined;
  stateRoot: string;
  head: string;
  /** What the weights at step 0 are; undefined where they are drawn. */
  parent?: Parent | undefined;
  /** The seed of a run that was lodged, 16 hex digits: it is not the recipe's. Cards of before name the recipe's all the same. */
  seedOfLodging?: string | undefined;
}

/** One cell of a Markdown table: escapes what would end the cell or its row. */
const cell = (text: string) => text.replace(/[\\|]/g, '\\$&').replace(/[\r\n]/g, ' ');

/** A name as code: none of it is read as Markdown. */
const code = (text: string) => `\`${text.replaceAll('`', "'")}\``;

/** What it was trained from, in words. */
function beginningOf({ from }: RunRecipe, parent: Parent | undefined): string {
  if (!parent) return 'random weights';
  const path = code(from ? ('run' in from ? from.run : from.model) : '');
  if ('seal' in parent) return `the weights of the run ${path}, whose seal has the SHA-256 ${code(parent.seal)},`;
  const files = parent.files.map(({ name, sha256 }) => `${code(name)} ${code(sha256)}`).join(', ');
  return `the weights of the model ${path} (SHA-256 of ${files})`;
}

/** What came of the held-out pairs. */
export const pairsInWords = ({ count: all, preferred, loss }: PairScore): string =>
  `against the weights before step 1 the chosen answer gained more than the rejected one in ${count(preferred)} of ${count(all)} held-out pairs; mean loss ${(loss / all).toFixed(3)}, ${Math.LN2.toFixed(3)} before step 1`;

export function runCard({ recipe, config, manifest, ...facts }: CardFacts): string {
  const { train } = recipe;
  const { bitsPerByte: bits, bySource, before, pairs, stateRoot, head, parent, seedOfLodging } = facts;
  const seed = seedOfLodging === undefined ? recipe.seed : `0x${seedOfLodging} (from the office's nonce)`;
  const sources = manifest.sources.map((s, i) => {
    const name = originName(s.origin);
    const scores = (before ? [before.bySource, bySource] : [bySource]).map((by) => by[i]?.toFixed(3) ?? '');
    const size = ((s.bytes.train + s.bytes.validation) / 1e6).toFixed(2);
    const cells = [name, s.language, s.licence].map(cell);
    return `| ${cells.join(' | ')} | ${size} | ${s.weight} | ${scores.join(' | ')} |`;
  });
  const notMeasured =
    manifest.bytes.validation === 0 ? 'no text was held out' : 'not measured, the text held out is too short to score';
  const { title } = architectureOf(config);
  const earlier =
    before && Number.isFinite(before.bitsPerByte) ? `, ${before.bitsPerByte.toFixed(3)} before step 1` : '';
  const what = recipe.chat
    ? `A language model (${title} architecture), trained on ${train.dpoBeta === undefined ? 'conversations' : 'pairs of answers'}. It answers by the template in chat_template.jinja.`
    : `A base language model (${title} architecture). It continues text; it is not tuned to talk.`;
  return `# ${recipe.name}

${what} Its maker says that Jikji trained it from
${beginningOf(recipe, parent)} on the texts below. This card is the maker's word: \`jikji audit\` checks what can be checked of it.

- ${count(parameterCount(config))} parameters, context ${config.maxPositionEmbeddings}, vocabulary ${config.vocabSize}
- ${train.steps} steps of ${train.batchSize} x ${train.sequenceLength} tokens, seed ${seed}${train.optimizer === 'muon' ? '\n- optimizer: Muon for the matrices of the layers, AdamW for all other weights' : ''}
- validation: ${Number.isFinite(bits) ? `${bits.toFixed(3)} bits per byte${train.dpoBeta === undefined ? '' : ' of chosen answers'}${earlier}` : notMeasured}
${pairs ? `- preferences: DPO with beta ${train.dpoBeta}; ${pairsInWords(pairs)}\n` : ''}- state root \`${stateRoot}\`, transcript head \`${head}\`

| text | language | licence | MB | weight | ${before ? 'bits per byte before step 1 | ' : ''}bits per byte |
|---|---|---|---|---|---|${before ? '---|' : ''}
${sources.join('\n')}
`;
}
