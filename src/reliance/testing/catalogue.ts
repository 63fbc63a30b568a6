// Small catalogues for the tests of reliance in short notation; and random ones, with shared components, nested needs, substitutes, home
// components, held ones and all kinds of unknown values.

import type { Random } from '../../base/testing/mutate.ts';
import type { Catalogue, Component, ComponentKind, Need, Option, Use } from '../../fleet/index.ts';

/** Before countries are resolved: `country` undefined means its supplier's. */
export interface Draft {
  home: string[];
  suppliers: Record<string, string | null>;
  components: Record<
    string,
    { of: ComponentKind; supplier?: string | null; country?: string | null | undefined; held?: boolean; needs?: Need[] }
  >;
  uses: Record<string, { kind: Use['kind']; consortium?: string | null; needs: Need[] }>;
}

export const need = (
  of: ComponentKind,
  ...anyOf: (string | [id: string, share: number | null, could?: number | null])[]
): Need => ({
  of,
  anyOf: anyOf.map((option) => {
    if (typeof option === 'string') return { component: option, share: 1, could: null };
    const [component, share, could = null] = option;
    return { component, share, could };
  }),
});

export function catalogueOf({ home, suppliers, components, uses }: Draft): Catalogue {
  const common = { source: 'not recorded', verified: true } as const;
  const catalogue: Catalogue = {
    home,
    suppliers: new Map(
      Object.entries(suppliers).map(([id, country]) => [
        id,
        { id, name: { en: id }, country, owner: null, jurisdiction: null, ...common },
      ]),
    ),
    components: new Map(),
    chips: new Map(),
    sites: new Map(),
    clusters: new Map(),
    uses: Object.entries(uses).map(([id, { kind, consortium = null, needs }]) => ({
      ...{ id, kind, name: { en: id }, model: null, consortium, needs, ...common, word: 'stated' as const },
    })),
    known: new Map(),
    parts: [],
  };
  for (const [id, { of, supplier = null, country, held = false, needs = [] }] of Object.entries(components)) {
    const resolved = country === undefined ? (supplier === null ? null : suppliers[supplier]!) : country;
    const component: Component = { id, of, name: { en: id }, supplier, country: resolved, held, needs, ...common };
    catalogue.components.set(id, component);
  }
  return catalogue;
}

/** How each kind may be nested: what a component of it may need beside what it must. */
const MAY_NEED: Partial<Record<ComponentKind, readonly ComponentKind[]>> = {
  memory: ['memory'],
  server: ['chip', 'server'],
  'data-center': ['server'],
  cloud: ['software', 'cloud'],
  software: ['software', 'software', 'data'],
  data: ['software'],
  weights: ['data', 'weights', 'software'],
  compute: ['chip', 'compute'],
};
const REQUIRED: Partial<Record<ComponentKind, readonly ComponentKind[]>> = {
  chip: ['memory'],
  compute: ['chip', 'server', 'data-center', 'cloud'],
};
const COUNTRIES = ['KR', 'US', 'CN', 'TW', 'JP'];

/** `perKind`: components of each kind. */
export function randomDraft(random: Random, { perKind = 3, suppliers = 8, uses = 4 } = {}): Draft {
  const chance = (one: number) => random.below(1000) < one * 1000;
  const draft: Draft = { home: chance(0.2) ? ['KR', 'JP'] : ['KR'], suppliers: {}, components: {}, uses: {} };
  for (let s = 0; s < suppliers; s++)
    draft.suppliers[`s${s}`] = chance(0.1) ? null : chance(0.3) ? 'KR' : random.of(COUNTRIES);
  const pools = new Map<ComponentKind, string[]>();

  const randomNeed = (of: ComponentKind): Need => {
    const pool = [...(pools.get(of) ?? [])];
    const count = chance(0.06) ? 0 : Math.min(pool.length, 1 + (chance(0.5) ? random.below(3) : 0));
    const ids = Array.from({ length: count }, () => pool.splice(random.below(pool.length), 1)[0]!);
    let left = 100;
    const whole = chance(0.7);
    const anyOf = ids.map((component, i): Option => {
      const kind = random.below(10);
      const isLast = i === ids.length - 1;
      if (kind < 2 && ids.length > 1)
        return { component, share: 0, could: chance(0.5) ? random.below(101) / 100 : null };
      if (kind < 4 && ids.length > 1)
        return { component, share: null, could: chance(0.3) ? random.below(101) / 100 : null };
      const share = isLast && whole ? left : random.below(left + 1);
      left -= share;
      const could = chance(0.4) ? (share + random.below(101 - share)) / 100 : null;
      return { component, share: share / 100, could };
    });
    return { of, anyOf };
  };
  const needsOf = (must: readonly ComponentKind[], may: readonly ComponentKind[]): Need[] => [
    ...must.flatMap((of) => (chance(0.07) ? [] : chance(0.1) ? [randomNeed(of), randomNeed(of)] : [randomNeed(of)])),
    ...may.flatMap((of) => (chance(0.25) ? [randomNeed(of)] : [])),
  ];

  for (const of of [
    'memory',
    'chip',
    'server',
    'software',
    'data-center',
    'cloud',
    'data',
    'weights',
    'compute',
  ] as const) {
    for (let i = 0; i < perKind; i++) {
      const id = `${of}-${i}`;
      draft.components[id] = {
        of,
        supplier: chance(0.15) ? null : `s${random.below(suppliers)}`,
        country: chance(0.7) ? undefined : chance(0.3) ? null : random.of(COUNTRIES),
        held: chance(0.12),
        needs: needsOf(REQUIRED[of] ?? [], MAY_NEED[of] ?? []),
      };
      pools.set(of, [...(pools.get(of) ?? []), id]);
    }
  }
  for (let u = 0; u < uses; u++) {
    const kind = chance(0.6) ? 'training' : 'serving';
    const must =
      kind === 'training'
        ? (['compute', 'software', 'data', 'weights'] as const)
        : (['compute', 'software', 'weights'] as const);
    draft.uses[`u${u}`] = {
      kind,
      consortium: chance(0.1) ? null : `c${random.below(3)}`,
      needs: needsOf(must, ['software']),
    };
  }
  return draft;
}
