// Routes of self-reliance: the index and its history, the value chain by layer, what-if, smallest sets.

import { JikjiError } from '../../../base/index.ts';
import { programmeOf } from '../../office/index.ts';
import type { Programme } from '../../programme/index.ts';
import type { Viewer } from '../../users/index.ts';
import { type CachedChain, cachedChain } from '../cached-chain.ts';
import { choicesOf, pictureOf, relianceOf, smallestPageOf, whatIfPageOf } from '../reliance-pages.ts';
import { type Api, EVERYBODY } from '../route.ts';
import * as shape from '../shapes/reliance.ts';

const RELIANCE = '/api/programmes/{programme}/reliance';

interface Asking {
  programme: Programme;
  viewer: Viewer;
}

const chainOf = ({ programme, viewer }: Asking) => cachedChain(programme, viewer);

/** @throws JikjiError `no-catalogue` */
async function requireChain(asking: Asking): Promise<CachedChain> {
  const chain = await chainOf(asking);
  if (chain) return chain;
  const { id } = programmeOf(asking.programme.tables);
  throw new JikjiError('no-catalogue', 'no catalogue is registered yet', id, 'the office registers one first');
}

export function addReliance(api: Api): void {
  const roles = EVERYBODY;

  api.on(
    `get ${RELIANCE}`,
    {
      roles,
      summary: 'How self-reliant the programme, a consortium or a use is, by layer',
      query: shape.asked,
      answer: shape.reliancePage,
    },
    async (asking) => relianceOf(asking.programme, asking.viewer, await chainOf(asking), asking.query),
  );
  api.on(
    `get ${RELIANCE}/chain`,
    { roles, summary: 'The value chain by layer, with what is largest in each', answer: shape.chainPage },
    async (asking) => pictureOf(await chainOf(asking)),
  );
  api.on(
    `get ${RELIANCE}/choices`,
    { roles, summary: 'Suppliers and countries that may be thought away', answer: shape.choicesPage },
    async (asking) => choicesOf(await chainOf(asking)),
  );
  api.on(
    `get ${RELIANCE}/what-if`,
    {
      roles,
      summary: 'What becomes of runs, models and sites without some suppliers or countries',
      query: shape.without,
      answer: shape.whatIfPage,
    },
    async (asking) => whatIfPageOf(await requireChain(asking), asking.query),
  );
  api.on(
    `get ${RELIANCE}/smallest`,
    {
      roles,
      summary: 'The smallest sets of foreign suppliers, or countries, without which nothing goes on',
      query: shape.smallestAsked,
      answer: shape.smallestPage,
    },
    async (asking) => smallestPageOf(await requireChain(asking), asking.query),
  );
}
