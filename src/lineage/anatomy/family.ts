// A family's table: by which names its layers are known, and which parts of a layer are blocks.

import type { Layer } from './layer.ts';
import type { Form } from './outline.ts';
import type { Block, GroupKind, Tower } from './types.ts';

/** A part of a layer that can be compared. */
export interface Part {
  kind: GroupKind;
  /** The name whose presence shows that a layer has it. */
  mark: string;
  /** @throws Untestable */
  read(layer: Layer): Block[];
}

/** Layers in the names of one form. */
export interface Table {
  /** Names that some layer has, with `*` for numbers, and names that none has. */
  has: readonly string[];
  lacks?: readonly string[];
  /** Of these lists one whose names some layer has, all of them: the same part is stored in several ways. */
  either?: readonly (readonly string[])[];
  /** Names of tensors that stand beside the stack. */
  beside?: readonly string[];
  /** Only models that say one of the family's types: the names and shapes are also those of another family. */
  onlyTypes?: true;
  /** A norm's weights, as long as the residual stream is wide. */
  width: string;
  /** Names of the input embedding: `NAME` beside the layers. */
  embedding?: readonly string[];
  parts: readonly Part[];
}

export interface Family {
  /** For people. */
  name: string;
  /** Its names in config.json's model_type, or in GGUF's general.architecture. */
  types: readonly string[];
  tables: Partial<Record<Form, Table>>;
  /** What its stack is, where the stack's name does not say it. */
  tower?: Tower['name'];
  fixedBasis?: string;
}
