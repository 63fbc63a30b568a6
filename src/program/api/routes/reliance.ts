// Routes of self-reliance: the index and its history, the value chain by layer, what-if, smallest sets.

import type { SealedThing } from '../../housekeeping/index.ts';
import { programmeOf } from '../../office/index.ts';
import { noteAccess, type ProgrammeRequest } from '../access-notes.ts';
import { type CachedChain, cachedChain, seenBy } from '../cached-chain.ts';
import type { Context } from '../context.ts';
import * as refuse from '../refusals/routes.ts';
import { chainPageOf, choicesOf, relianceOf, smallestPageOf, whatIfPageOf } from '../reliance-pages.ts';
import { type Api, EVERYBODY } from '../route.ts';
import * as shape from '../shapes/reliance.ts';

const RELIANCE = '/api/programmes/{programme}/reliance';

/** The runs of submissions in the chain come from their audits. */
const usagesSeen = ({ programme: { tables }, viewer }: ProgrammeRequest): SealedThing[] =>
  tables
    .all('submissions')
    .filter((row) => tables.get('audits', row.id) && seenBy(viewer, tables)(row))
    .map(({ id }) => ({ what: 'usage', of: id }));

async function chainOf(context: Context, asked: ProgrammeRequest): Promise<CachedChain | undefined> {
  const chain = await cachedChain(asked.programme, asked.viewer);
  if (chain) await noteAccess(context, asked, usagesSeen(asked));
  return chain;
}

/** @throws JikjiError `no-catalogue` */
async function requireChain(context: Context, asking: ProgrammeRequest): Promise<CachedChain> {
  const chain = await chainOf(context, asking);
  if (chain) return chain;
  const { id } = programmeOf(asking.programme.tables);
  throw refuse.noCatalogue(id);
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
    async (asking) => relianceOf(asking.programme, asking.viewer, await chainOf(api.context, asking), asking.query),
  );
  api.on(
    `get ${RELIANCE}/chain`,
    { roles, summary: 'The value chain by layer, and the picture of what rests on what', answer: shape.chainPage },
    async (asking) => chainPageOf(await chainOf(api.context, asking)),
  );
  api.on(
    `get ${RELIANCE}/choices`,
    { roles, summary: 'Suppliers and countries that may be thought away', answer: shape.choicesPage },
    async (asking) => choicesOf(await chainOf(api.context, asking)),
  );
  api.on(
    `get ${RELIANCE}/what-if`,
    {
      roles,
      summary: 'What becomes of runs, models and sites without some suppliers or countries',
      query: shape.without,
      answer: shape.whatIfPage,
    },
    async (asking) => whatIfPageOf(await requireChain(api.context, asking), asking.query),
  );
  api.on(
    `get ${RELIANCE}/smallest`,
    {
      roles,
      summary: 'The smallest sets of foreign suppliers, or countries, without which nothing goes on',
      query: shape.smallestAsked,
      answer: shape.smallestPage,
    },
    async (asking) => smallestPageOf(await requireChain(api.context, asking), asking.query),
  );
}
