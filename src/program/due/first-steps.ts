// The first steps of a programme, from its foundation until its first stage is open.

import type { Both } from '../../base/index.ts';
import { bookOf, type Tables } from '../state/index.ts';
import type { Place } from './item.ts';
import { keylessTeams } from './keys.ts';
import { inBoth } from './speaker.ts';
import type { WORDS } from './words.ts';

interface FirstStep {
  text: Both;
  at: Place;
  done: boolean;
}

type Step = keyof (typeof WORDS)['en']['first'];

/** The step of the teams' keys, where the rule book that was registered last asks for them; it leads to the first team without one. */
function keyOf(tables: Tables): { at: Place; done: boolean } | undefined {
  const last = tables.all('ruleBooks').at(-1);
  const book = last && bookOf(tables, last.digest);
  if (!book?.originality.audit?.makerKey) return undefined;
  const teams = tables.all('consortia').flatMap(({ id, status }) => (status === 'active' ? [id] : []));
  const [first] = keylessTeams(tables, book, teams);
  const at: Place =
    first === undefined ? { page: 'overview', of: null, act: null } : { page: 'consortium', of: first, act: 'key' };
  return { at, done: teams.length > 0 && first === undefined };
}

/** None once a stage has been opened. `people`: whether somebody beside the office has been invited or has joined. */
export function firstStepsOf(tables: Tables, people: boolean): FirstStep[] {
  if (tables.all('stages').length > 0) return [];
  const step = (name: Step, at: Place, done: boolean): FirstStep => ({
    text: inBoth(tables, ({ words }) => words.first[name]),
    at,
    done,
  });
  const on = (page: Place['page'], act: string | null = null): Place => ({ page, of: null, act });
  const key = keyOf(tables);
  return [
    step('organisations', on('organisations', 'organisation'), tables.all('organisations').length > 0),
    step('consortia', on('call'), tables.all('consortia').length > 0),
    step('rules', on('ruleBooks'), tables.all('ruleBooks').length > 0),
    step('people', on('people'), people),
    ...(key ? [step('keys', key.at, key.done)] : []),
    step('open', on('overview', 'open'), false),
  ];
}
