// Routes of lodgings: the office answers a team's requests, heads and seals, and records the answers in a public register.

import { z } from 'zod';
import { ACTS, lodgedRuns } from '../../office/index.ts';
import { registerOf, registerText, type Tables } from '../../state/index.ts';
import { addAct } from '../act-route.ts';
import { FILE } from '../body.ts';
import * as refuse from '../refusals/routes.ts';
import { type Api, EVERYBODY } from '../route.ts';
import { digest, wholeIn } from '../shapes/common.ts';
import * as shape from '../shapes/lodgings.ts';

const NOTHING_LODGED = { office: null, head: null, entries: 0, runs: [] };

/** Entries up to number `to`, the last `count` of them. */
function registerPageOf(
  tables: Tables,
  { to = Number.MAX_SAFE_INTEGER, count }: { to?: number | undefined; count: number },
): z.input<typeof shape.registerPage> {
  const register = registerOf(tables);
  if (!register) return { office: null, head: null, count: 0, entries: [] };
  const { office, head, entries } = register;
  const end = Math.min(to, entries.length);
  const teams = new Map(tables.all('consortia').map(({ makerKey, id }) => [makerKey, id]));
  const shown = entries.slice(Math.max(0, end - count), end);
  return {
    office,
    head,
    count: entries.length,
    entries: shown.map((entry) => ({ ...entry, consortium: teams.get(entry.maker) ?? null })),
  };
}

/** Runs in the register of a programme. */
function lodgingsOf(tables: Tables, only: Parameters<typeof lodgedRuns>[2]): z.input<typeof shape.lodgings> {
  const register = registerOf(tables);
  if (!register) return NOTHING_LODGED;
  const consortia = tables.all('consortia');
  const runs = lodgedRuns(tables, register, only).map((run) => ({
    ...run,
    consortium: consortia.find(({ makerKey }) => makerKey === run.maker)?.id ?? null,
  }));
  const { office, head, entries } = register;
  return { office, head, entries: entries.length, runs };
}

export function addLodgings(api: Api): void {
  const LODGINGS = '/api/programmes/{programme}/lodgings';

  addAct(api, ACTS.lodge, {
    path: LODGINGS,
    maxBody: FILE, // a genesis lists every step at which a state is written
    answer: shape.answered,
    show: ({ text, entry, ...rest }, { tables }) => {
      const { entry: place = null, answer = null } = entry ?? {};
      return { ...rest, lodging: text, entry: place, answer, head: registerOf(tables)?.head ?? null };
    },
  });
  api.on(
    `get ${LODGINGS}`,
    {
      summary: 'Runs as the office saw them: what it answered for each',
      roles: EVERYBODY,
      query: z.object({ maker: digest.optional() }),
      answer: shape.lodgings,
    },
    ({ tables, query: { maker } }) => lodgingsOf(tables, maker === undefined ? {} : { maker }),
  );
  api.on(
    'get /api/programmes/{programme}/register',
    { summary: "The office's register, line by line", roles: EVERYBODY, responseType: 'text/plain' },
    ({ tables, params, c }) => {
      const text = registerText(tables);
      if (text !== undefined) return c.body(text, 200, { 'content-type': 'text/plain; charset=utf-8' });
      throw refuse.noRegister(params.programme);
    },
  );
  api.on(
    'get /api/programmes/{programme}/register/entries',
    {
      summary: "Entries of the office's register, in order; by default the newest",
      roles: EVERYBODY,
      query: z.object({ to: wholeIn(0, Number.MAX_SAFE_INTEGER).optional(), count: wholeIn(1, 500).default(100) }),
      answer: shape.registerPage,
    },
    ({ tables, query }) => registerPageOf(tables, query),
  );
  api.on(
    'get /api/programmes/{programme}/register/heads/{head}',
    {
      summary: 'Whether the register ever had this head',
      roles: EVERYBODY,
      params: { head: digest },
      answer: shape.registerHead,
    },
    ({ tables, params: { head } }) => {
      const register = registerOf(tables);
      return { entry: register?.entryAt(head) ?? null, count: register?.entries.length ?? 0 };
    },
  );
  api.on(
    'get /api/runs/{run}/lodgings',
    {
      summary: 'A run of this machine as an office of this server saw it',
      roles: ['office'],
      params: { run: z.string().min(1).max(200) },
      answer: shape.lodgings,
    },
    ({ params }) => {
      const lodged = api.context.runs.lodgedAs(params.run);
      if (!lodged) return NOTHING_LODGED;
      const found = api.context.hosted.map(({ programme }) => lodgingsOf(programme.tables, lodged));
      return found.find(({ runs }) => runs.length > 0) ?? NOTHING_LODGED;
    },
  );
}
