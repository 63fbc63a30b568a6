// Self-reliance: the index and its course, the value chain as a picture, what if something falls away, the fewest that need to.

import type { z } from 'zod';
import { JikjiError } from '../../../base/index.ts';
import type { Viewer } from '../../users/index.ts';
import { type ChainNow, chainNow, smallestNow, whatIfNow } from '../chain-now.ts';
import { type Context, shownAs } from '../context.ts';
import { choicesOf, mentioned, pictureOf, relianceOf, useRows } from '../reliance-pages.ts';
import { type Api, EVERYBODY } from '../route.ts';
import * as shape from '../shapes/reliance.ts';
import { inProgramme } from './programmes.ts';

const RELIANCE = '/api/programmes/{programme}/reliance';

export function addReliance(api: Api, context: Context): void {
  const open = (name: string) => shownAs(context, name).programme;
  const chainOf = (name: string, viewer: Viewer) => chainNow(open(name), viewer);
  /** @throws JikjiError `no-catalogue` */
  const chainThere = async (name: string, viewer: Viewer): Promise<ChainNow> => {
    const chain = await chainOf(name, viewer);
    if (chain) return chain;
    throw new JikjiError('no-catalogue', 'no catalogue is registered yet', name, 'the office registers one first');
  };

  api.on(
    {
      method: 'get',
      path: RELIANCE,
      summary: 'How self-reliant the programme, a consortium or a use is, by layer',
      who: EVERYBODY,
      params: inProgramme,
      query: shape.asked,
      answer: shape.reliancePage,
    },
    async ({ params, query, viewer }) =>
      relianceOf(open(params.programme), viewer, await chainOf(params.programme, viewer), query),
  );
  api.on(
    {
      method: 'get',
      path: `${RELIANCE}/chain`,
      summary: 'The value chain by layer, with what is largest in each',
      who: EVERYBODY,
      params: inProgramme,
      answer: shape.chainPage,
    },
    async ({ params, viewer }) => pictureOf(await chainOf(params.programme, viewer)),
  );
  api.on(
    {
      method: 'get',
      path: `${RELIANCE}/choices`,
      summary: 'Suppliers and countries that may be thought away',
      who: EVERYBODY,
      params: inProgramme,
      answer: shape.choicesPage,
    },
    async ({ params, viewer }) => choicesOf(await chainOf(params.programme, viewer)),
  );
  api.on(
    {
      method: 'get',
      path: `${RELIANCE}/what-if`,
      summary: 'What becomes of runs, models and sites without some suppliers or countries',
      who: EVERYBODY,
      params: inProgramme,
      query: shape.without,
      answer: shape.whatIfPage,
    },
    async ({ params, query, viewer }) => {
      const chain = await chainThere(params.programme, viewer);
      const found = await whatIfNow(chain, { suppliers: query.supplier, countries: query.country });
      const ids = [
        ...found.uses.flatMap(({ because, takeOver }) => [...because, ...takeOver.map((one) => one.component)]),
        ...found.sites.flatMap(({ component, because }) => [component, ...because]),
        ...found.fallen,
        ...found.held,
      ];
      const asked = new Set(found.uses.map(({ use }) => use));
      return {
        ...(found as typeof found & { without: { suppliers: string[]; countries: string[] } }),
        components: mentioned(chain.catalogue, ids),
        about: useRows(chain.catalogue.uses.filter(({ id }) => asked.has(id))),
      };
    },
  );
  api.on(
    {
      method: 'get',
      path: `${RELIANCE}/smallest`,
      summary: 'The smallest sets of foreign suppliers, or countries, without which nothing goes on',
      who: EVERYBODY,
      params: inProgramme,
      query: shape.smallestAsked,
      answer: shape.smallestPage,
    },
    async ({ params, query: { by, kind }, viewer }) => {
      const chain = await chainThere(params.programme, viewer);
      const { scope, ...found } = await smallestNow(chain, by, kind);
      const suppliers: z.input<typeof shape.smallestPage>['suppliers'] = {};
      for (const id of by === 'supplier' ? [...found.sets.flat(), ...found.alone.map((one) => one.id)] : []) {
        const supplier = chain.catalogue.suppliers.get(id);
        if (supplier) suppliers[id] = { name: supplier.name, country: supplier.country };
      }
      return { ...found, kind, uses: scope.uses.length, suppliers };
    },
  );
}
