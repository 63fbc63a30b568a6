// Opens what is compared: a model, with the digests of its weight files, or a sketch of one.

import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { JikjiError, shownName } from '../base/index.ts';
import { digestOfFile, digestOfFiles } from '../ledger/index.ts';
import { openStored, type StoredModel } from './anatomy/index.ts';
import { openSketch, type Sketch } from './sketch/index.ts';

/** A model as it was compared. */
export interface ModelFacts {
  path: string;
  name: string;
  /** SHA-256 over names and digests of its weight files. */
  digest: string;
  /** Bytes of its weight files. */
  bytes: number;
  family: string;
  towers: { name: string; hiddenSize: number; layers: number }[];
  /** Whether a sketch stood for it: then its digest is the word of who made the sketch. */
  sketched: boolean;
}

export interface OpenModel {
  facts: ModelFacts;
  /** One of the two. */
  model: StoredModel | undefined;
  sketch: Sketch | undefined;
  tokens: StoredModel['tokens'];
  close(): void;
}

const nameOf = (path: string): string => basename(path.replace(/\/+$/, '')) || path;

/** A file that may be a sketch: GGUF files and folders, whatever they are called, are models. */
const mayBeSketch = (path: string): boolean =>
  /\.(sketch|safetensors)$/i.test(path) && !statSync(path, { throwIfNoEntry: false })?.isDirectory();

function givenDigest(given: ReadonlyMap<string, string>, name: string, path: string): string {
  const digest = given.get(name);
  if (digest !== undefined) return digest;
  const hint = 'give a line for each weight file, as sha256sum prints them, or leave --digests out';
  throw new JikjiError('usage', `no digest of ${shownName(name)} is given`, path, hint);
}

function ofSketch(path: string, sketch: Sketch): OpenModel {
  const { about, sample, tokens, close } = sketch;
  const towers = sample.towers.map(({ name, hiddenSize, layers }) => ({ name, hiddenSize, layers }));
  const { name, digest, bytes } = about;
  return {
    facts: { path, name, digest, bytes, family: sample.family, towers, sketched: true },
    model: undefined,
    sketch,
    tokens,
    close,
  };
}

/**
 * Opens a model or a sketch. Reads all weight files of a model for their digests, unless these are `given` by the files' names.
 * @throws JikjiError for what is neither, or broken
 */
export function openCompared(
  path: string,
  onPart: (name: string, part: string) => void,
  given?: ReadonlyMap<string, string>,
): OpenModel {
  const sketch = mayBeSketch(path) ? openSketch(path) : undefined;
  if (sketch) return ofSketch(path, sketch);
  const model = openStored(path);
  try {
    const name = nameOf(path);
    const files = model.files.map((file) => {
      onPart(name, `digest of ${file.name}`);
      return { name: file.name, digest: given ? givenDigest(given, file.name, path) : digestOfFile(file.path) };
    });
    const { family, towers: all } = model.anatomy;
    const towers = all.map(({ name: tower, hiddenSize, layers }) => ({ name: tower, hiddenSize, layers }));
    const bytes = model.files.reduce((sum, { size }) => sum + size, 0);
    return {
      facts: { path, name, digest: digestOfFiles(files), bytes, family, towers, sketched: false },
      model,
      sketch: undefined,
      tokens: model.tokens,
      close: () => model.close(),
    };
  } catch (error) {
    model.close();
    throw error;
  }
}
