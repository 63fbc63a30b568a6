// Exports a model: what to write where, whole or not at all.

import { basename, join, resolve } from 'node:path';
import { ggufPieces, ggufSize, readSmallFile } from '../../formats/index.ts';
import { runPaths } from '../../run-folder/index.ts';
import { type Model, openModel } from '../load/index.ts';
import { parseRecipe } from '../recipe/index.ts';
import { type GgufName, toGguf } from './gguf.ts';
import { writeHuggingFace } from './hugging-face.ts';
import { licenseOf } from './license.ts';
import { checkOutput, type Work, writePieces, writeWhole } from './output.ts';

export interface ExportOptions extends Work {
  /** A run folder or a Hugging Face model folder. */
  model: string;
  /** `out` is a folder for `hf`, a file for `gguf`; nothing may stand there but an empty folder. */
  to: 'hf' | 'gguf';
  /** Of a GGUF's matrices. */
  type: GgufName;
  onNote?: ((note: string) => void) | undefined;
}

export interface ExportResult {
  files: { path: string; sha256: string }[];
  /** What is to be said of the model and of what was written. */
  notes: string[];
}

/**
 * Writes a model for others to load. Memory is that of its largest tensor.
 * @throws JikjiError for what is wrong with model or output; `interrupted` when `signal` was aborted
 */
export async function exportModel(options: ExportOptions): Promise<ExportResult> {
  const { out, to, signal, onProgress } = options;
  checkOutput(out, to === 'hf' ? 'folder' : 'file');
  const model = openModel(options.model);
  try {
    const notes: string[] = [];
    const note = (text: string): void => {
      notes.push(text);
      options.onNote?.(text);
    };
    if (model.note) note(model.note);
    const work = { out, signal, onProgress };
    const files =
      to === 'hf' ? await writeHuggingFace(model, work, note) : await writeGguf(model, options.type, work, note);
    return { files, notes };
  } finally {
    model.close();
  }
}

async function writeGguf(
  model: Model,
  type: GgufName,
  work: Work,
  note: (text: string) => void,
): Promise<ExportResult['files']> {
  const { run, folder } = model;
  const { out } = work;
  const name = run === undefined ? basename(resolve(folder)) : nameOf(runPaths(run).recipe);
  const license = run === undefined ? licenseOf(join(folder, 'README.md')) : undefined;
  const { metadata, tensors, unquantized } = toGguf(model, type, name, license);
  if (unquantized.length > 0) {
    const [first, ...others] = unquantized;
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    note(`F16, since the rows are no multiple of 32: ${first}${more}.`);
  }
  let sha256 = '';
  await writeWhole(out, async (temporary) => {
    sha256 = await writePieces(temporary, ggufPieces(metadata, tensors), ggufSize(metadata, tensors), work);
    checkOutput(out, 'file'); // what came there in the meantime
  });
  return [{ path: out, sha256 }];
}

const nameOf = (recipe: string): string => parseRecipe(readSmallFile(recipe, 4 << 20), { file: recipe }).name;
