// The index and the what-if of a value chain (of a programme or a catalogue) as terminal lines.

import { count } from '../base/index.ts';
import type { Catalogue } from '../fleet/index.ts';
import { countryText } from '../formats/index.ts';
import type { ComponentFacts, Index, SmallestSets, WhatIf } from '../reliance/index.ts';
import { calledAs } from './called-as.ts';
import { percents, table } from './text.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** A line for each layer, and the whole. */
export function indexLines({ layers, overall, lowest }: Omit<Index, 'of'>): string[] {
  const head = ['layer', 'home', 'abroad', 'not known', 'floor', 'weight'];
  const rows = layers.map(({ layer, home, abroad, unknown, floor, weight }) => [
    layer,
    percent(home),
    percent(abroad),
    percent(unknown),
    floor === null ? '' : percent(floor),
    weight === null ? '' : String(Number(weight.toFixed(1))),
  ]);
  const words = {
    scored: () => `Overall ${overall.score!.toFixed(1)} of 100`,
    'below-floor': () => `Overall: none, below the floor in ${overall.below.join(', ')}`,
    'no-rules': () => 'Overall: none, no rule book weighs a layer',
  };
  return [
    ...table([head, ...rows], [1, 2, 3, 4, 5]).map((line) => `  ${line}`),
    `${words[overall.state]()}; the least at home: ${lowest.join(', ')}`,
  ];
}

/** `2 foreign suppliers fall away: A and B; or A and C`: the fewest without which everything stops; null where none are known. */
export function fewestText(
  { size, sets, exact, atLeast, more }: Omit<SmallestSets, 'scope'>,
  nameOf: (supplier: string) => string,
): string | null {
  if (size === null) return null;
  const shown = sets.slice(0, 5).map((set) => set.map(nameOf).join(' and '));
  const others = sets.length > 5 || more ? `; ${more ? 'more than ' : ''}${count(sets.length - 5)} other sets` : '';
  const fewer = exact ? '' : ` (perhaps fewer: at least ${atLeast})`;
  return `${size} foreign ${size === 1 ? 'supplier falls' : 'suppliers fall'} away${fewer}: ${shown.join('; or ')}${others}`;
}

/** `Hall: at home, operated under duties of US law, owner not known (as of 2026-11-02)`: each site and cloud, beside the index. */
export function operationTexts(components: Record<string, ComponentFacts>, home: readonly string[]): string[] {
  return Object.values(components).flatMap(({ name, country, operation }) => {
    if (operation === null) return [];
    const { owner, laws, asOf, verified } = operation;
    const place = country === null ? 'place not known' : home.includes(country) ? 'at home' : 'abroad';
    const whose = owner === null ? 'owner not known' : `owned by ${owner.name.en} (${owner.country ?? '?'})`;
    const foreign = laws?.filter((code) => !home.includes(code));
    const known =
      foreign === undefined
        ? owner === null
          ? 'owner and foreign duties not known'
          : `${whose}, foreign duties not known`
        : foreign.length === 0
          ? `no foreign duties recorded, ${whose}`
          : `operated under duties of ${foreign.join(' and ')} law, ${whose}`;
    const day = asOf === null ? '' : ` (as of ${asOf}${verified ? '' : ', nobody read it in a source'})`;
    return `${name.en}: ${place}, ${known}${day}`;
  });
}

const FATES = { stops: 'stops', 'goes-on': 'goes on', 'goes-on-as-far-as-known': 'not known' } as const;

/** The fate of each use. `teamName`: the name of a consortium. */
export function whatIfLines(
  { without, uses, consortia, programme }: WhatIf,
  catalogue: Catalogue,
  teamName: (consortium: string) => string,
): string[] {
  const nameOf = (id: string): string =>
    (catalogue.components.get(id) ?? catalogue.uses.find((use) => use.id === id) ?? catalogue.suppliers.get(id))?.name
      .en ?? '';
  const gone = [...without.suppliers.map(nameOf), ...without.countries.map(countryText)].join(', ');
  const shares = ({ now, could }: WhatIf['uses'][number]['remaining']) => [percents(now), percents(could)];
  const rows = uses.map(({ use, fate, remaining, because }) => [
    nameOf(use),
    FATES[fate],
    ...shares(remaining),
    because.slice(1).map(nameOf).join(' > '),
  ]);
  const means = consortia.map(({ consortium, remaining }) => [
    `mean of ${teamName(consortium)}`,
    '',
    ...shares(remaining),
    '',
  ]);
  if (programme && consortia.length > 1) means.push(['mean of these', '', ...shares(programme), '']);
  const head = ['use', '', 'remains now', 'could', 'because of'];
  const lines = rows.length === 0 ? ['nothing is made or served'] : table([head, ...rows, ...means], [2, 3]);
  const others = uses.flatMap(({ use, takeOver }) =>
    takeOver.map((one) => [nameOf(use), nameOf(one.component), shareText(one.share), shareText(one.could)]),
  );
  const over =
    others.length === 0 ? [] : ['', ...table([['use', 'could take over', 'does', 'could'], ...others], [2, 3])];
  const plans = new Set(uses.flatMap(({ takeOver }) => takeOver.flatMap(planTexts)));
  const compared = plans.size === 0 ? [] : ['', 'how far its chips would get in the same time:', ...plans];
  return [`\nWithout ${gone}`, ...[...lines, ...over, ...compared].map((line) => line && `  ${line}`)];
}

const shareText = (share: number | null) => (share === null ? '?' : percent(share));

/** The plan that compares what stops with what would work in its place, where their chips are counted. */
const planTexts = ({ chips }: WhatIf['uses'][number]['takeOver'][number]): string[] =>
  chips === null
    ? []
    : [
        `${calledAs()} plan MODEL ${[chips.stopped, chips.instead].map(({ chip, count }) => `--on ${chip}:${count}`).join(' ')}`,
      ];
