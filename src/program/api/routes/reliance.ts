// Self-reliance: the index and its course, the value chain as a picture, what if something falls away, the fewest that need to.

import { JikjiError } from '../../../base/index.ts';
import type { Viewer } from '../../users/index.ts';
import { type ChainNow, chainNow } from '../chain-now.ts';
import { type Context, shownAs } from '../context.ts';
import { choicesOf, pictureOf, relianceOf, smallestPageOf, whatIfPageOf } from '../reliance-pages.ts';
import { type Api, EVERYBODY } from '../route.ts';
import * as shape from '../shapes/reliance.ts';
import { inProgramme } from './programmes.ts';

const RELIANCE = '/api/programmes/{programme}/reliance';

interface Asking {
  params: { programme: string };
  viewer: Viewer;
}

export function addReliance(api: Api, context: Context): void {
  const open = ({ params }: Asking) => shownAs(context, params.programme).programme;
  const chainOf = (asking: Asking) => chainNow(open(asking), asking.viewer);
  /** @throws JikjiError `no-catalogue` */
  const requireChain = async (asking: Asking): Promise<ChainNow> => {
    const chain = await chainOf(asking);
    if (chain) return chain;
    const { programme } = asking.params;
    throw new JikjiError('no-catalogue', 'no catalogue is registered yet', programme, 'the office registers one first');
  };
  const get = { method: 'get', who: EVERYBODY, params: inProgramme } as const;

  api.on(
    {
      ...get,
      path: RELIANCE,
      summary: 'How self-reliant the programme, a consortium or a use is, by layer',
      query: shape.asked,
      answer: shape.reliancePage,
    },
    async (asking) => relianceOf(open(asking), asking.viewer, await chainOf(asking), asking.query),
  );
  api.on(
    {
      ...get,
      path: `${RELIANCE}/chain`,
      summary: 'The value chain by layer, with what is largest in each',
      answer: shape.chainPage,
    },
    async (asking) => pictureOf(await chainOf(asking)),
  );
  api.on(
    {
      ...get,
      path: `${RELIANCE}/choices`,
      summary: 'Suppliers and countries that may be thought away',
      answer: shape.choicesPage,
    },
    async (asking) => choicesOf(await chainOf(asking)),
  );
  api.on(
    {
      ...get,
      path: `${RELIANCE}/what-if`,
      summary: 'What becomes of runs, models and sites without some suppliers or countries',
      query: shape.without,
      answer: shape.whatIfPage,
    },
    async (asking) => whatIfPageOf(await requireChain(asking), asking.query),
  );
  api.on(
    {
      ...get,
      path: `${RELIANCE}/smallest`,
      summary: 'The smallest sets of foreign suppliers, or countries, without which nothing goes on',
      query: shape.smallestAsked,
      answer: shape.smallestPage,
    },
    async (asking) => smallestPageOf(await requireChain(asking), asking.query),
  );
}
