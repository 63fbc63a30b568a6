// The withdrawal of suppliers and countries: which components are withdrawn themselves. Does not know what needs them.

import type { JikjiError } from '../base/index.ts';
import type { Component } from '../fleet/index.ts';
import { countryHint, isCountry, nearestNameHints } from '../formats/index.ts';
import type { Graph } from './graph.ts';
import * as refuse from './refusals.ts';
import type { Without } from './shapes.ts';

/** The values of Kleene's three-valued logic: AND is the minimum, OR the maximum. */
export const STOPS = 0;
export const NOT_KNOWN = 1;
export const GOES_ON = 2;

/** Choices of countries that are looked at one by one. */
const MAX_CHOICES = 64;

export interface Withdrawal {
  /** By component, without its needs: STOPS, NOT_KNOWN or GOES_ON. */
  byItself: Uint8Array;
  /**
   * `byItself`, unless lost suppliers of unknown country may be in some countries, and are not in all of them: then for each choice of as many
   * countries what may be withdrawn if they are there. What stops is the same in all.
   */
  cases: readonly Uint8Array[];
  /** State of an unnamed option: anybody may supply it, so NOT_KNOWN, unless nobody withdraws. */
  unnamed: typeof NOT_KNOWN | typeof GOES_ON;
  /** Withdrawn components that go on because a copy is held. */
  held: number[];
}

/**
 * A component is withdrawn with its supplier, its supplier's country, or its own country.
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
    // An unknown supplier may be any supplier of the component's country.
    return supplier === null && homes.size > 0 && (country === null || homes.has(country) || homes.has(null));
  };
  const byItself = new Uint8Array(graph.components.length).fill(GOES_ON);
  const held: number[] = [];
  /** By country: what may be withdrawn only if a lost supplier of unknown country is there. */
  const chanced = new Map<string, number[]>();
  for (const [c, component] of graph.components.entries()) {
    const theirs = isTheirs(component);
    if (component.held) {
      if (theirs) held.push(c);
    } else if (theirs) byItself[c] = STOPS;
    else if (mayBeTheirs(component)) {
      byItself[c] = NOT_KNOWN;
      const { supplier, country } = component;
      if (supplier !== null || country === null || homes.has(country)) continue;
      chanced.set(country, [...(chanced.get(country) ?? []), c]);
    }
  }
  const nowhere = [...gone].filter((id) => suppliers.get(id)!.country === null).length;
  const isNobody = without.suppliers.length + without.countries.length === 0;
  const cases = casesOf(byItself, [...chanced.values()], nowhere);
  return { byItself, cases, unnamed: isNobody ? GOES_ON : NOT_KNOWN, held };
}

/** Each leaves all but `count` of the groups as they are. Where there are too many: all of them may be withdrawn together, which is wider. */
function casesOf(byItself: Uint8Array, groups: readonly (readonly number[])[], count: number): Uint8Array[] {
  const staying = Math.max(0, groups.length - count);
  let choices = 1;
  for (let i = 1; i <= staying; i++) choices *= (count + i) / i;
  if (staying === 0 || choices > MAX_CHOICES + 0.5) return [byItself];
  const cases: Uint8Array[] = [];
  const choose = (first: number, left: number, own: Uint8Array): void => {
    if (left === 0) cases.push(own);
    for (let g = first; left > 0 && g <= groups.length - left; g++) {
      const stays = own.slice();
      for (const c of groups[g]!) stays[c] = GOES_ON;
      choose(g + 1, left - 1, stays);
    }
  };
  choose(0, staying, byItself);
  return cases;
}

function unknown(what: 'supplier' | 'country', name: string, names: Iterable<string>): JikjiError {
  const all = [...names].sort();
  const list = all.slice(0, 8).join(', ');
  const known =
    all.length > 0
      ? { en: `there are: ${list}`, ko: `다음 가운데에서 고르십시오: ${list}` }
      : { en: 'there is none', ko: '아직 하나도 없습니다.' };
  if (what === 'supplier') return refuse.noSupplier(name, name, nearestNameHints(name, all, known));
  return refuse.noCountry(name, name, isCountry(name) ? known : countryHint(name));
}
