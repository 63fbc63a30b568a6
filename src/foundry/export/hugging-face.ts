// A model as a Hugging Face folder: config, float32 weights, tokenizer, card. What a run has sealed, and what a foreign folder says
// of its tokenizer and of itself, goes along byte for byte.

import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { filePieces, syncFolder } from '../../base/index.ts';
import { elementsOf } from '../../engine/index.ts';
import { readSmallFile, safetensorsHeader } from '../../formats/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import { runPaths } from '../../run-folder/index.ts';
import type { Model } from '../load/index.ts';
import { parameters, toHuggingFace } from '../model/index.ts';
import { END_OF_TEXT, Tokenizer } from '../tokenizer/index.ts';
import { foreignCard, modelCard } from './card.ts';
import { readEvaluations } from './evaluations.ts';
import { checkOutput, type Work, writePieces, writeWhole } from './output.ts';
import { notSealed, readRunFacts } from './run-facts.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Files of a foreign folder that belong to its tokenizer, its way to write or its card: small, and copied where they are there. */
const OWN_FILES = [
  'generation_config.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
  'README.md',
];
const MAX_BYTES = 256 << 20;
/** Bytes that are written at a time. */
const PIECE = 1 << 22;

/** What is written: small files as text, the weights in pieces; their digest where it is known beforehand. */
interface Content {
  texts: Map<string, string>;
  weights: { size: number; pieces: Iterable<Uint8Array>; sealed: string | undefined; path: string };
}

function contentOf(model: Model, note: (text: string) => void): Content {
  const { config, tokenizer, run, folder } = model;
  const ends = [...tokenizer.endIds];
  const ids = { bos_token_id: tokenizer.prefixId, eos_token_id: ends.length === 1 ? ends[0] : ends };
  const texts = new Map([
    ['config.json', json({ ...toHuggingFace(config, tokenizer.prefixId), ...ids })],
    ['generation_config.json', json(ids)],
  ]);
  if (tokenizer instanceof Tokenizer) {
    texts.set(
      'tokenizer_config.json',
      json({
        tokenizer_class: 'PreTrainedTokenizerFast',
        bos_token: END_OF_TEXT,
        eos_token: END_OF_TEXT,
        add_bos_token: true,
        clean_up_tokenization_spaces: false,
        model_max_length: config.maxPositionEmbeddings,
      }),
    );
  }
  if (run === undefined) {
    texts.set('README.md', foreignCard(basename(resolve(folder)), config));
    for (const name of ['tokenizer.json', ...OWN_FILES]) {
      const path = join(folder, name);
      if (existsSync(path)) texts.set(name, readSmallFile(path, MAX_BYTES));
    }
    return { texts, weights: weightsOf(model) };
  }
  const paths = runPaths(run);
  const facts = readRunFacts(run);
  texts.set('tokenizer.json', readSmallFile(paths.tokenizer, MAX_BYTES));
  texts.set('README.md', modelCard(facts, readEvaluations(run, model, note), config, model.note));
  if (!facts.seal) return { texts, weights: weightsOf(model) };
  // What was sealed is handed on as it is, byte for byte.
  for (const name of ['config.json', 'tokenizer.json']) {
    texts.set(name, readSmallFile(join(paths.model, name), MAX_BYTES));
  }
  const path = join(paths.model, 'model.safetensors');
  const sealed = facts.seal.subjects.get('model/model.safetensors');
  return { texts, weights: { size: statSync(path).size, pieces: filePieces(path), sealed, path } };
}

/** A model's weights as float32 safetensors. */
function weightsOf(model: Model): Content['weights'] {
  const list = parameters(model.config).map(({ name, shape }) => ({ name, shape, dtype: 'F32' as const }));
  const header = safetensorsHeader(list, { format: 'pt' });
  const sizes = list.map(({ shape }) => elementsOf(shape));
  function* pieces(): Generator<Uint8Array> {
    yield header;
    const buffer = new Float32Array(Math.max(...sizes));
    for (const { name, shape } of list) {
      const weights = buffer.subarray(0, elementsOf(shape));
      model.read(name, weights);
      const bytes = new Uint8Array(weights.buffer, 0, weights.byteLength);
      for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
    }
  }
  const size = sizes.reduce((sum, n) => sum + n * 4, header.length);
  return { size, pieces: pieces(), sealed: undefined, path: model.folder };
}

/**
 * Writes the folder; returns its files' digests, in order of names.
 * @throws JikjiError as `readRunFacts`, and `evidence-differs` where the weights are not those that were sealed
 */
export async function writeHuggingFace(
  model: Model,
  work: Work,
  note: (text: string) => void,
): Promise<{ path: string; sha256: string }[]> {
  const { out } = work;
  const { texts, weights } = contentOf(model, note);
  const files: { path: string; sha256: string }[] = [];
  await writeWhole(out, async (folder) => {
    mkdirSync(folder);
    for (const [name, text] of texts) {
      writeFileSync(join(folder, name), text, { flush: true });
      files.push({ path: join(out, name), sha256: sha256Hex(text) });
    }
    const name = 'model.safetensors';
    const sha256 = await writePieces(join(folder, name), weights.pieces, weights.size, work);
    if (weights.sealed !== undefined && sha256 !== weights.sealed) throw notSealed(weights.path);
    files.push({ path: join(out, name), sha256 });
    syncFolder(folder);
    checkOutput(out, 'folder'); // what came there in the meantime
  });
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
