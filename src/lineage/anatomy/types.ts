// What a family's table says of a model: which rows are units, which of them one relabelling may exchange, and where they are stored.

/** Rows of a matrix inside a stored tensor. Start and strides count elements of the tensor. */
export interface View {
  tensor: string;
  rows: number;
  columns: number;
  /** The element of row 0 and column 0. */
  start: number;
  rowStride: number;
  columnStride: number;
}

/** The norm before a matrix. Its weights are gains of the matrix's columns. */
export interface Gain {
  tensor: string;
  /** The stored weights plus this are the gains: 1 for Gemma in Hugging Face's files. */
  offset: 0 | 1;
  /** LayerNorm: it subtracts the mean of its input first. */
  centred: boolean;
}

/** Rows whose labels one relabelling of the model exchanges, and no relabelling of another block. */
export interface Block {
  /** `layers.3.mlp`, `layers.3.experts.7`, `layers.3.values.0` */
  name: string;
  layer: number;
  /** What units are matched by: rows of a gate or of the first matrix of an MLP, of values, of a router. */
  rows: View;
  /** Rows whose sign may be changed, together with the columns that read them, without changing the model: of `up` beside a gate. */
  signed?: View;
  gain?: Gain;
}

/** Why blocks of a group have labels: what a reader knows of them. */
export type GroupKind = 'units' | 'values' | 'experts' | 'expert-units';

/** Blocks of one kind in one tower: they get one verdict. */
export interface Group {
  kind: GroupKind;
  blocks: Block[];
}

/** A stack of layers on one residual stream. */
export interface Tower {
  name: 'language' | 'vision' | 'audio';
  hiddenSize: number;
  layers: number;
  /** The input embedding, a row for each token: undefined where the tower reads no tokens. */
  embedding?: View;
  groups: Group[];
  /** Why the dimensions of the residual stream cannot be compared, where they cannot: sinusoidal positions. */
  fixedBasis?: string;
}

export interface Anatomy {
  /** The family's name for people. */
  family: string;
  towers: Tower[];
  /** Parts that no test reads, and why, in a sentence. */
  untested: { part: string; why: string }[];
}
