// The report of `jikji reliance` on a catalogue: all of its uses together. Needs neither run nor programme.

import { JikjiError, quantity } from '../base/index.ts';
import type { Catalogue } from '../fleet/index.ts';
import { fewestText, indexLines, operationTexts, whatIfLines } from './chain-report.ts';
import { readCatalogues } from './clusters.ts';
import type { Output } from './output.ts';
import { FORMULA, homeOf, type RelianceOptions, readRules } from './reliance-report.ts';
import { reliance } from './rooms.ts';
import { parseWithout } from './without-words.ts';

/** Options that apply to a run only. */
const RUN_OPTIONS = { on: '--on', serve: '--serve', lock: '--lock', makerCountry: '--maker-country' } as const;

/**
 * @param file a catalogue, read with the one that comes with Jikji and with those of --catalogue
 * @throws JikjiError `usage`, `catalogue-empty`, and what reading a catalogue throws
 */
export async function reportCatalogue(file: string, options: RelianceOptions, output: Output): Promise<void> {
  const [wrong] = Object.entries(RUN_OPTIONS).filter(([key]) => options[key as keyof typeof RUN_OPTIONS] !== undefined);
  const option = wrong?.[1] ?? (options.cyclonedx.length > 0 ? '--cyclonedx' : undefined);
  if (option !== undefined)
    throw new JikjiError('usage', `${option} applies to a run, and this is a catalogue`, option, 'leave it out');
  const read = readCatalogues([file, ...options.catalogue]);
  if (read.uses.length === 0) {
    const hint = 'name what rests on it under uses (docs/reliance.md), or a run: --catalogue adds this one';
    throw new JikjiError('catalogue-empty', 'nothing is made or served in this catalogue', file, hint);
  }
  const rules = await readRules(options.rules);
  const { home, homeBy } = homeOf(options.home, read.home);
  const catalogue: Catalogue = { ...read, home };
  const { componentFacts, Graph, idsInIndex, indexOfCatalogue, smallestSets, whatIf } = await reliance();
  const graph = new Graph(catalogue);
  const index = indexOfCatalogue(graph, rules);
  const found = {
    catalogues: catalogue.parts,
    home,
    homeBy,
    uses: catalogue.uses.map(({ id }) => id),
    index,
    formula: FORMULA,
    whatIf: options.without.length > 0 ? whatIf(graph, parseWithout(options.without, catalogue)) : null,
    smallest: smallestSets(graph, { by: 'supplier' }),
    /** The components that the index names, by id. */
    components: componentFacts(catalogue, idsInIndex(index)),
  };
  output.result(found, () => {
    const titles = found.catalogues.map(({ title, id }) => title?.en ?? id);
    output.line(`${titles.join(', ')}: ${quantity(found.uses.length, 'use')}`);
    const fewest = fewestText(found.smallest, (id) => catalogue.suppliers.get(id)!.name.en);
    output.lines([
      ...indexLines(found.index),
      ...operationTexts(found.components, home),
      fewest === null
        ? 'No foreign suppliers are known whose falling away stops all of it for sure.'
        : `All of it stops if ${fewest}.`,
      ...(found.whatIf ? whatIfLines(found.whatIf, catalogue, (consortium) => consortium) : []),
    ]);
  });
}
