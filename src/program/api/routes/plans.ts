// Routes of plans: what training a model would take on chips of the catalogue. They record nothing and show nothing of the programme but its
// catalogue.

import type { z } from 'zod';
import { type Catalogue, type Chip, readCatalogue, shippedCatalogue } from '../../../fleet/index.ts';
import { nearestName } from '../../../formats/index.ts';
import {
  defaultPrecision,
  deviceOf,
  lackingFigures,
  measuredBehind,
  parameterCount,
  planApart,
  shippedModels,
  shippedShape,
  unverifiedOf,
} from '../../../planner/index.ts';
import { catalogueAt, type Tables } from '../../state/index.ts';
import { FILE } from '../body.ts';
import { Places } from '../places.ts';
import * as refuse from '../refusals/routes.ts';
import { type Api, EVERYBODY } from '../route.ts';
import * as shape from '../shapes/plans.ts';

const PLANS = '/api/programmes/{programme}/plans';

/** Questions that are worked on or wait: a page asks one for each kind of chip that it compares. */
const places = new Places({ all: 18, public: 10, fromNetwork: 6, ofUser: 8 }, () => refuse.plansWaiting('plans'));

export function addPlans(api: Api): void {
  const roles = EVERYBODY;
  api.on(
    `get ${PLANS}/choices`,
    { roles, summary: 'Models that come with Jikji, and chips to plan with', answer: shape.choices },
    ({ tables }) => ({
      models: shippedModels().map((name) => {
        const model = shippedShape(name);
        return { name, parameters: parameterCount(model), activeParameters: parameterCount(model, true) };
      }),
      chips: [...chipsOf(tables).values()]
        .filter(({ figures }) => figures.bf16)
        .map((chip) => ({ id: chip.id, name: chip.name, lacks: lackingFigures(chip) })),
    }),
  );
  api.on(
    `post ${PLANS}`,
    {
      roles,
      summary: 'What training a model would take: time, memory, and what limits it. Nothing is recorded',
      body: shape.question,
      maxBody: FILE,
      answer: shape.planPage,
    },
    async ({ tables, body, viewer, c }) => {
      const chip = requireChip(chipsOf(tables), body.chip);
      const release = places.take(viewer.user, c.get('from'));
      try {
        return await planOf(chip, body, AbortSignal.any([api.context.signal, c.req.raw.signal]));
      } finally {
        release();
      }
    },
  );
}

let shipped: Catalogue['chips'] | undefined;

/** Those of the catalogue in force, and of the one that comes with Jikji. */
function chipsOf(tables: Tables): Map<string, Chip> {
  shipped ??= readCatalogue(shippedCatalogue()).chips;
  return new Map([...shipped, ...(catalogueAt(tables)?.catalogue.chips ?? [])]);
}

/** @throws JikjiError `chip-unknown` */
function requireChip(chips: ReadonlyMap<string, Chip>, id: string): Chip {
  const chip = chips.get(id);
  if (chip) return chip;
  const near = nearestName(id, [...chips.keys()].slice(0, 5000));
  throw near ? refuse.chipMeant(id, near.name) : refuse.chipUnknown(id);
}

/** @throws JikjiError `plan-chip`, `plan-config`, `plan-too-long`, `plan-failed`, `too-many`, `stopping` */
async function planOf(
  chip: Chip,
  { model, devices, precision: asked, sequence, sequences }: z.output<typeof shape.question>,
  signal: AbortSignal,
): Promise<z.input<typeof shape.planPage>> {
  const device = deviceOf(chip);
  const precision = asked ?? defaultPrecision(device);
  const found = await planApart({ model, device, devices, batch: { sequence, sequences, precision } }, signal);
  // Nobody hears it any more.
  if (!found) throw refuse.planGivenUp('plans');
  const { like, parameters, activeParameters, room, ...plans } = found;
  return {
    ...plans,
    model: { name: like, parameters, activeParameters },
    chip: {
      ...{ id: chip.id, name: chip.name, memory: device.memory, room, power: device.power },
      unverified: unverifiedOf(chip),
    },
    ...{ devices, precision, sequence, sequences },
    measured: measuredBehind(chip.id, like),
  };
}
