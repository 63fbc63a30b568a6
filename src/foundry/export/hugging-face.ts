// Writes a model as a Hugging Face folder: config, float32 weights, tokenizer, card. Copies sealed files of a run, and the tokenizer
// files and the card of another maker's folder, byte for byte.

import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { filePieces, syncFolder } from '../../base/index.ts';
import { elementsOf } from '../../engine/index.ts';
import { readSmallFile, safetensorsHeader } from '../../formats/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import { runPaths } from '../../run-folder/index.ts';
import type { Model } from '../load/index.ts';
import { CHAT_FILES, chatFiles, readTemplate, tokenizerConfig } from '../make/index.ts';
import { parameters, toHuggingFace } from '../model/index.ts';
import { loadRunTokenizer, Tokenizer } from '../tokenizer/index.ts';
import { foreignCard, modelCard } from './card.ts';
import { readEvaluations } from './evaluations.ts';
import { checkOutput, type OutputOptions, writeOutput, writePieces } from './output.ts';
import { notSealed, readRunFacts } from './run-facts.ts';

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** Small files of another maker's folder that are copied if they exist. */
const COPIED_FILES = [
  'generation_config.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
  'README.md',
];
/** The limit of a copied file, in bytes. */
const MAX_COPIED_BYTES = 256 << 20;
/** Bytes that are written at once. */
const PIECE = 1 << 22;

/** The content of the folder: small files as texts, the weights in pieces with their sealed digest, if there is one. */
interface Content {
  texts: Map<string, string>;
  weights: { size: number; pieces: Iterable<Uint8Array>; sealed: string | undefined; path: string };
}

async function contentOf(model: Model, note: (text: string) => void): Promise<Content> {
  const { config, tokenizer, run, folder, files } = model;
  const endIds = [...tokenizer.endIds];
  const ids = { bos_token_id: tokenizer.prefixId, eos_token_id: endIds.length === 1 ? endIds[0] : endIds };
  const texts = new Map([
    ['config.json', json({ ...toHuggingFace(config, tokenizer.prefixId), ...ids })],
    ['generation_config.json', json(ids)],
  ]);
  if (tokenizer instanceof Tokenizer) {
    texts.set('tokenizer_config.json', json(tokenizerConfig(tokenizer, config.maxPositionEmbeddings)));
  }
  if (run === undefined) {
    texts.set('README.md', foreignCard(basename(resolve(folder)), config));
    for (const name of ['tokenizer.json', ...COPIED_FILES]) {
      const text = files?.text(name, MAX_COPIED_BYTES);
      if (text !== undefined) texts.set(name, text);
    }
    return { texts, weights: weightsOf(model) };
  }
  const paths = runPaths(run);
  const facts = readRunFacts(run);
  texts.set('tokenizer.json', readSmallFile(paths.tokenizer, MAX_COPIED_BYTES));
  const own = loadRunTokenizer(paths.tokenizer, facts.recipe.tokenizer);
  texts.set('tokenizer_config.json', json(tokenizerConfig(own, config.maxPositionEmbeddings)));
  texts.set('README.md', modelCard(facts, readEvaluations(run, model, note), config, model.note));
  if (!facts.seal) {
    if (facts.recipe.chat) {
      const template = readTemplate(paths.chatTemplate);
      for (const file of Object.entries(await chatFiles(template, own, config.maxPositionEmbeddings)))
        texts.set(...file);
    }
    return { texts, weights: weightsOf(model) };
  }
  // Sealed files are copied byte for byte.
  const ofChats = CHAT_FILES.filter((name) => facts.seal!.subjects.has(`model/${name}`));
  for (const name of ['config.json', 'tokenizer.json', ...ofChats]) {
    texts.set(name, readSmallFile(join(paths.model, name), MAX_COPIED_BYTES));
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
 * Writes the folder; returns its files with their digests, in the order of names.
 * @throws JikjiError as `readRunFacts`; `evidence-differs` if the weights are not the sealed ones; `chat-template`
 */
export async function writeHuggingFace(
  model: Model,
  options: OutputOptions,
  note: (text: string) => void,
): Promise<{ path: string; sha256: string }[]> {
  const { out } = options;
  const { texts, weights } = await contentOf(model, note);
  const files: { path: string; sha256: string }[] = [];
  await writeOutput(out, async (folder) => {
    mkdirSync(folder);
    for (const [name, text] of texts) {
      writeFileSync(join(folder, name), text, { flush: true });
      files.push({ path: join(out, name), sha256: sha256Hex(text) });
    }
    const name = 'model.safetensors';
    const sha256 = await writePieces(join(folder, name), weights.pieces, weights.size, options);
    if (weights.sealed !== undefined && sha256 !== weights.sealed) throw notSealed(weights.path);
    files.push({ path: join(out, name), sha256 });
    syncFolder(folder);
    checkOutput(out, 'folder'); // again: another process may have written there
  });
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
