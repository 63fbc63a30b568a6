// The search over all that a viewer may see: the public things of each programme, and for the office this machine's runs and the users.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../../base/index.ts';
import type { RunInfo } from '../../runs/index.ts';
import { type FoundByKind, indexOfProgramme, joinFound, SearchIndex, type Thing } from '../../search/index.ts';
import type { Viewer } from '../../users/index.ts';
import { viewerIn } from '../access.ts';
import { type Context, type HostedProgramme, programmeId } from '../context.ts';
import { type Api, EVERYBODY } from '../route.ts';
import { placesIn, serverPages } from '../search-places.ts';
import * as shape from '../shapes/search.ts';

export function addSearch(api: Api): void {
  const { context } = api;
  api.on(
    'get /api/search',
    { summary: 'Find things by name', roles: EVERYBODY, query: shape.asked, answer: shape.answer },
    async ({ query: { q, programme }, viewer }) => {
      // Among equals, those of the named programme come first.
      const hosted = context.hosted.toSorted((a, b) => nearness(b, programme) - nearness(a, programme));
      const near = programme === undefined ? hosted : hosted.filter((one) => programmeId(one) === programme);
      const places = [
        ...near.flatMap(({ programme: { tables } }) => {
          const [row] = tables.all('programmes');
          return row ? placesIn(viewerIn(viewer, row.id), tables) : [];
        }),
        ...serverPages(viewer),
      ];
      const found: FoundByKind[] = [
        await entriesOf(hosted, q),
        new SearchIndex(places).find(q),
        ...hosted.map((one) => indexOfProgramme(one.programme).find(q)),
        ...(viewer.role === 'office' ? await ofOffice(context, viewer, q) : []),
      ];
      return {
        groups: joinFound(found).map(({ hits, ...group }) => ({ ...group, hits: hits.map(({ thing }) => thing) })),
      };
    },
  );
}

const nearness = (one: HostedProgramme, programme: string | undefined): number =>
  Number(programmeId(one) === programme);

const onServer = (given: Pick<Thing, 'kind' | 'title'> & Partial<Thing>): Thing => ({
  ...{ programme: null, id: null, about: [], act: null, of: given.id ?? null, page: null },
  ...given,
});

/** By list: the same list is asked again while somebody types. */
const runIndexes = new WeakMap<readonly RunInfo[], SearchIndex>();

function indexOfRuns(runs: readonly RunInfo[]): SearchIndex {
  const before = runIndexes.get(runs);
  if (before) return before;
  const sweeps = new Map(runs.flatMap(({ sweep }) => (sweep ? [[sweep.id, sweep.name]] : [])));
  const index = new SearchIndex([
    ...runs.map(({ id, name, sweep }) =>
      onServer({ kind: 'run', id, title: { en: name }, about: sweep ? [{ en: sweep.name }] : [] }),
    ),
    ...Array.from(sweeps, ([id, name]) => onServer({ kind: 'sweep', id, title: { en: name } })),
  ]);
  runIndexes.set(runs, index);
  return index;
}

function hasModel(runs: Context['runs'], run: string): boolean {
  try {
    return existsSync(join(runs.folder(run), 'model', 'config.json'));
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    return false; // it has left the list since
  }
}

async function ofOffice({ runs, users }: Context, { role }: Viewer, q: string): Promise<FoundByKind[]> {
  if (role !== 'office') return [];
  const found = indexOfRuns(await runs.list()).find(q);
  // Whether a run has a model is looked up for the runs that are found.
  const models = (found.get('run')?.hits ?? [])
    .filter(({ thing }) => hasModel(runs, thing.id!))
    .map((hit) => ({ ...hit, thing: { ...hit.thing, kind: 'model' as const } }));
  const people = (await users.list()).map(({ user, name }) =>
    onServer({ kind: 'person', id: user, title: { en: name } }),
  );
  return [
    found,
    ...(models.length > 0 ? [new Map([['model', { count: models.length, hits: models }]]) as FoundByKind] : []),
    new SearchIndex(people).find(q),
  ];
}

const NUMBER = /^\s*#?(\d{1,15})\s*$/;
const LINK = /^\s*(?:(\d{1,15}):)?([0-9a-f]{64})\s*$/i;

/** The entries of a number, of a link, or of both as `ENTRY:LINK`. Number, kind and link of an entry are public. */
async function entriesOf(hosted: readonly HostedProgramme[], q: string): Promise<FoundByKind> {
  const number = NUMBER.exec(q)?.[1];
  const [, said, link] = LINK.exec(q.toLowerCase()) ?? [];
  if (number === undefined && link === undefined) return new Map();
  const found = hosted.map(async (one) => {
    const { store, head } = one.programme;
    const seq = number ?? said ?? (await store.seqOfLink(link!));
    if (seq === undefined || Number(seq) > head.seq || Number(seq) < 1) return [];
    const [entry] = await store.page(Number(seq), 1);
    if (entry?.seq !== Number(seq) || (link !== undefined && entry.link !== link)) return [];
    const [row] = one.programme.tables.all('programmes');
    if (!row) return [];
    const id = String(entry.seq);
    const title = { en: entry.kind };
    return [{ rank: 0, thing: onServer({ kind: 'entry', id, title, programme: row.id, about: [row.name] }) }];
  });
  const hits = (await Promise.all(found)).flat();
  return hits.length === 0 ? new Map() : new Map([['entry', { count: hits.length, hits }]]);
}
