// Unknown values never raise an index: random catalogues, in which one value after another is removed.

import { expect, test } from 'vitest';
import { Random } from '../base/testing/mutate.ts';
import { LAYERS, type Need, REQUIRED, REQUIRED_BY } from '../fleet/index.ts';
import { Graph } from './graph.ts';
import { indexOfConsortium, indexOfProgramme, indexOfUse } from './self-reliance.ts';
import type { Index } from './shapes.ts';
import { catalogueOf, type Draft, randomDraft } from './testing/catalogue.ts';
import { isOpen } from './testing/naive.ts';

const TIMES = process.env.JIKJI_TORTURE ? 2000 : 15;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);
const NEAR = 1e-12;

const allNeeds = ({ components, uses }: Draft): Need[] => [
  ...Object.values(components).flatMap(({ needs = [] }) => needs),
  ...Object.values(uses).flatMap(({ needs }) => needs),
];

/** Each forgets one thing that was known; false where there is nothing of the kind. */
const FORGET: Record<string, (draft: Draft, random: Random) => boolean> = {
  "a supplier's country": ({ suppliers }, random) => {
    suppliers[random.of(Object.keys(suppliers))] = null;
    return true;
  },
  "a component's country": ({ components }, random) => {
    random.of(Object.values(components)).country = null;
    return true;
  },
  "a component's supplier": ({ components }, random) => {
    random.of(Object.values(components)).supplier = null;
    return true;
  },
  "an option's share": (draft, random) => {
    const some = allNeeds(draft).filter(({ anyOf }) => anyOf.length > 0);
    if (some.length === 0) return false;
    const need = random.of(some);
    const option = random.of(need.anyOf);
    // A substitute is not in use: that is known, and stays so.
    if (option.share === 0) return false;
    // That there is something else beside them is no less so.
    if (isOpen(need)) need.others = true;
    option.share = null;
    return true;
  },
  'an option that is in use': (draft, random) => {
    const some = allNeeds(draft).filter(({ anyOf }) => anyOf.length > 0);
    if (some.length === 0) return false;
    const need = random.of(some);
    need.anyOf.splice(random.below(need.anyOf.length), 1);
    need.others = true;
    return true;
  },
  'what meets a need': (draft, random) => {
    random.of(allNeeds(draft)).anyOf = [];
    return true;
  },
  'what something cannot be without': ({ components, uses }, random) => {
    const things = [
      ...Object.values(components).map((thing) => ({ thing, must: REQUIRED[thing.of] })),
      ...Object.values(uses).map((thing) => ({ thing, must: REQUIRED_BY[thing.kind] })),
    ].filter(({ must }) => must.length > 0);
    const { thing, must } = random.of(things);
    const kinds = random.below(3) === 0 ? must : [random.of(must)];
    thing.needs = (thing.needs ?? []).filter(({ of }) => !kinds.includes(of));
    return true;
  },
};

test.each(Object.keys(FORGET))('with %s not known', (name) => {
  let lowered = 0;
  for (let i = 0; i < TIMES; i++) {
    const seed = SEED + i;
    const random = new Random(seed);
    const draft = randomDraft(random, { perKind: 2 + random.below(3) });
    const weights = LAYERS.map((layer) => [layer, 12.5] as const);
    const rules = {
      floors: random.below(2) ? { [random.of(LAYERS)]: random.below(40) / 100 } : {},
      weights: Object.fromEntries(weights),
    };
    const all = (): Index[] => {
      const graph = new Graph(catalogueOf(structuredClone(draft)));
      const consortia = ['c0', 'c1', 'c2'];
      return [
        ...graph.uses.map((use) => indexOfUse(graph, use, rules)),
        ...consortia.map((id) => indexOfConsortium(graph, id, rules)),
        indexOfProgramme(graph, consortia, rules),
      ];
    };
    let before = all();
    for (let step = 0; step < 5; step++) {
      // Other things are forgotten on the way, so that this one is too where little is known.
      const what = step % 2 ? random.of(Object.keys(FORGET)) : name;
      if (!FORGET[what]!(draft, random)) continue;
      const after = all();
      for (const [a, { of, layers, overall }] of after.entries()) {
        const was = before[a]!;
        const homes = new Map(was.layers.map(({ layer, home }) => [layer, home]));
        const raised = layers.filter(({ layer, home }) => !(home <= homes.get(layer)! + NEAR));
        lowered += layers.filter(({ layer, home }) => home < homes.get(layer)! - NEAR).length;
        // Below a floor there is no score, which counts as less than any score.
        const isMore = (overall.score ?? -1) > (was.overall.score ?? -1) + 100 * NEAR;
        if (raised.length > 0 || isMore || layers.length !== homes.size)
          expect.fail(
            `seed ${seed}, step ${step}: ${what}, ${of.kind} ${of.id}: ${JSON.stringify({ raised, overall, was })}`,
          );
      }
      before = after;
    }
  }
  expect(lowered).toBeGreaterThan(TIMES / 4);
});
