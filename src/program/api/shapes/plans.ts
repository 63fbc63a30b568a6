// Shapes of plans: what training a model would take. A planned time is an interval in which nine of ten measured steps lie.

import { z } from 'zod';
import { FIGURES } from '../../../fleet/index.ts';
import { MAX_CONFIG, PRECISIONS } from '../../../planner/index.ts';
import { title } from './common.ts';

const figures = z.array(z.enum(FIGURES));

export const choices = z
  .object({
    /** Models whose configurations come with Jikji. */
    models: z.array(z.object({ name: z.string(), parameters: z.number(), activeParameters: z.number() })),
    /** Chips of the catalogue in force, and of the one that comes with Jikji. */
    chips: z.array(
      z.object({
        id: z.string(),
        name: title,
        /** What a plan needs and the catalogue lacks: it cannot be planned. */
        lacks: figures,
      }),
    ),
  })
  .meta({ id: 'PlanChoices' });

export const question = z
  .strictObject({
    model: z.union([
      z.strictObject({ name: z.string().min(1).max(100) }),
      /** The text of a config.json. */
      z.strictObject({ config: z.string().max(MAX_CONFIG) }),
    ]),
    chip: z.string().min(1).max(100),
    devices: z
      .int()
      .min(1)
      .max(1 << 20),
    /** Default: fp8 where the chip has it. */
    precision: z.enum(PRECISIONS).optional(),
    /** Tokens in a sequence, sequences in a step. */
    sequence: z
      .int()
      .min(1)
      .max(1 << 24)
      .default(4096),
    sequences: z
      .int()
      .min(1)
      .max(1 << 20)
      .default(2048),
  })
  .meta({ id: 'PlanQuestion' });

const bytes = z.number();
const interval = z.object({ low: z.number(), high: z.number() });

const plan = z.object({
  layout: z.object({
    tensor: z.int(),
    pipeline: z.int(),
    /** Chunks of each stage. */
    virtual: z.int(),
    context: z.int(),
    expert: z.int(),
    microBatch: z.int(),
    zero: z.int(),
    recompute: z.enum(['none', 'full']),
  }),
  /** Bytes of the fullest device, each part at its highest; the total at its highest moment. Not checked against a measured peak. */
  memory: z.object({
    ...{ weights: bytes, gradients: bytes, optimizer: bytes, activations: bytes, logits: bytes },
    total: bytes,
  }),
  /** Seconds of a step. */
  step: interval,
  tokensPerSecond: z.number(),
  /** The model's operations over the chips' peak in bf16. */
  utilisation: z.number(),
});

/** Planned time with a quarter more of one figure of the chip, over the planned time. */
const limits = z.object({
  ...{ compute: z.number(), bandwidth: z.number(), link: z.number(), network: z.number(), memory: z.number() },
});

export const planPage = z
  .object({
    /** `name`: that of a model that comes with Jikji; null for another shape. */
    model: z.object({ name: z.string().nullable(), parameters: z.number(), activeParameters: z.number() }),
    chip: z.object({
      id: z.string(),
      name: title,
      /** Bytes of a device, and those that a plan may take. */
      memory: bytes,
      room: bytes,
      /** Rated power in watts. */
      power: z.number(),
      /** Figures that nobody has read in a source. */
      unverified: figures,
    }),
    devices: z.int(),
    precision: z.enum(PRECISIONS),
    sequence: z.int(),
    sequences: z.int(),
    /** Number of layouts that fit. */
    fitting: z.int(),
    /** Those that no other one beats in both time and memory, the fastest first. */
    front: z.array(plan),
    limits: limits.nullable(),
    /** Why nothing fits: the leanest layout needs so many bytes, or this number of sequences would divide among the devices. */
    lacking: z
      .discriminatedUnion('what', [
        z.object({ what: z.literal('memory'), least: bytes }),
        z.object({ what: z.literal('sequences'), nearest: z.int() }),
      ])
      .nullable(),
    /** Measured steps on this chip, of this model, and of this model on this chip: with none the time is not checked. */
    measured: z.object({ chip: z.int(), model: z.int(), both: z.int() }),
  })
  .meta({ id: 'Plan' });
