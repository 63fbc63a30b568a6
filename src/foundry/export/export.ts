// Exports a model in one of the two formats. The output appears complete or not at all.

import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { ggufPieces, ggufSize, readSmallFile } from '../../formats/index.ts';
import { runPaths } from '../../run-folder/index.ts';
import { type Model, openModel } from '../load/index.ts';
import { parseRecipe } from '../recipe/index.ts';
import { type GgufName, toGguf } from './gguf.ts';
import { writeHuggingFace } from './hugging-face.ts';
import { checkOutput, type OutputOptions, writeOutput, writePieces } from './output.ts';

export interface ExportOptions extends OutputOptions {
  /** A run folder or a Hugging Face model folder. */
  model: string;
  /** `out` is a folder for `hf`, a file for `gguf`. It must not exist; only an empty folder may. */
  to: 'hf' | 'gguf';
  /** The type of the matrices in GGUF. */
  type: GgufName;
  onNote?: ((note: string) => void) | undefined;
}

export interface ExportResult {
  files: { path: string; sha256: string }[];
  /** Notes for the user about the model and the output. */
  notes: string[];
}

/**
 * Exports a model for other programs. Needs the memory of its largest tensor.
 * @throws JikjiError for faults of the model or the output; `interrupted` if `signal` was aborted
 */
export async function exportModel(options: ExportOptions): Promise<ExportResult> {
  const { out, to } = options;
  checkOutput(out, to === 'hf' ? 'folder' : 'file');
  const model = openModel(options.model);
  try {
    const notes: string[] = [];
    const note = (text: string): void => {
      notes.push(text);
      options.onNote?.(text);
    };
    if (model.note) note(model.note);
    const files =
      to === 'hf' ? await writeHuggingFace(model, options, note) : await writeGguf(model, options.type, options, note);
    return { files, notes };
  } finally {
    model.close();
  }
}

async function writeGguf(
  model: Model,
  type: GgufName,
  options: OutputOptions,
  note: (text: string) => void,
): Promise<ExportResult['files']> {
  const { run, folder } = model;
  const { out } = options;
  const name = run === undefined ? basename(resolve(folder)) : nameOf(runPaths(run).recipe);
  const license = run === undefined ? licenseOf(join(folder, 'README.md')) : undefined;
  const { metadata, tensors, unquantized } = toGguf(model, type, name, license);
  if (unquantized.length > 0) {
    const [first, ...others] = unquantized;
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    note(`F16, because the rows are not a multiple of 32: ${first}${more}.`);
  }
  let sha256 = '';
  await writeOutput(out, async (temporary) => {
    sha256 = await writePieces(temporary, ggufPieces(metadata, tensors), ggufSize(metadata, tensors), options);
    checkOutput(out, 'file'); // again: another process may have written there
  });
  return [{ path: out, sha256 }];
}

const nameOf = (recipe: string) => parseRecipe(readSmallFile(recipe, 4 << 20), { file: recipe }).name;

/** The Hub's name of the licence (`apache-2.0`) in the front matter of a model card; undefined if there is none. */
function licenseOf(readme: string): string | undefined {
  if (!existsSync(readme)) return undefined;
  try {
    const [, front] = /^---\r?\n([\s\S]{0,65536}?)\r?\n---\r?\n/.exec(readSmallFile(readme, 16 << 20)) ?? [];
    const license = parse(front ?? '', { maxAliasCount: 0, logLevel: 'silent' })?.license;
    return typeof license === 'string' && /^[A-Za-z0-9][A-Za-z0-9.+-]{0,99}$/.test(license) ? license : undefined;
  } catch {
    return undefined; // not a readable card
  }
}
