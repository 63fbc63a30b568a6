// Who is gone when suppliers and countries fall away: of every component, whether it falls itself. Knows nothing of what needs it.

import { JikjiError } from '../base/index.ts';
import type { Component } from '../fleet/index.ts';
import { countryHint, isCountry, nearestNameHint } from '../formats/index.ts';
import type { Graph } from './graph.ts';
import type { Without } from './shapes.ts';

/** Kleene's three values; AND is the least of them, OR the greatest. */
export const STOPS = 0;
export const NOT_KNOWN = 1;
export const GOES_ON = 2;

/** Of each component by itself: STOPS, NOT_KNOWN or GOES_ON. */
export interface Withdrawal {
  byItself: Uint8Array;
  /** What becomes of something that meets a need and that nobody named: anybody's, so NOT_KNOWN unless nobody falls away. */
  unnamed: typeof NOT_KNOWN | typeof GOES_ON;
  /** Components of those who are gone that go on because a copy is held. */
  held: number[];
}

/**
 * A component falls when its supplier, its supplier's country or its own country falls away.
 * @throws JikjiError `supplier-unknown`, `country-unknown`
 */
export function withdraw(graph: Graph, without: Without): Withdrawal {
  const { suppliers, components } = graph.catalogue;
  for (const id of without.suppliers) if (!suppliers.has(id)) throw unknown('supplier', id, suppliers.keys());
  if (without.countries.length > 0) {
    const known = new Set(graph.catalogue.home);
    for (const { country } of [...suppliers.values(), ...components.values()]) if (country !== null) known.add(country);
    for (const code of without.countries) if (!known.has(code)) throw unknown('country', code, known);
  }
  const gone = new Set(without.suppliers);
  const countries = new Set<string | null>(without.countries);
  const homes = new Set(without.suppliers.map((id) => suppliers.get(id)!.country));
  const homeOf = (supplier: string | null) => suppliers.get(supplier ?? '')?.country ?? null;

  const isTheirs = ({ supplier, country }: Component): boolean =>
    countries.has(country) || countries.has(homeOf(supplier)) || (supplier !== null && gone.has(supplier));
  const mayBeTheirs = ({ supplier, country }: Component): boolean => {
    const isPlaced = country !== null && (supplier === null || homeOf(supplier) !== null);
    if (!isPlaced && countries.size > 0) return true;
    // Whoever supplies it is one of its country, as far as anybody knows.
    return supplier === null && homes.size > 0 && (country === null || homes.has(country) || homes.has(null));
  };
  const byItself = new Uint8Array(graph.components.length).fill(GOES_ON);
  const held: number[] = [];
  for (const [c, component] of graph.components.entries()) {
    const theirs = isTheirs(component);
    if (component.held) {
      if (theirs) held.push(c);
    } else if (theirs) byItself[c] = STOPS;
    else if (mayBeTheirs(component)) byItself[c] = NOT_KNOWN;
  }
  const isNobody = without.suppliers.length + without.countries.length === 0;
  return { byItself, unnamed: isNobody ? GOES_ON : NOT_KNOWN, held };
}

function unknown(what: 'supplier' | 'country', name: string, names: Iterable<string>): JikjiError {
  const all = [...names].sort();
  const there = all.length > 0 ? `there are: ${all.slice(0, 8).join(', ')}` : 'there is none';
  const hint = what === 'supplier' ? nearestNameHint(name, all, there) : isCountry(name) ? there : countryHint(name);
  return new JikjiError(`${what}-unknown`, `the catalogue has no ${what} "${name}"`, name, hint);
}
