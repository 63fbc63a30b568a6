// The first steps of a programme, from its foundation until its first stage is open.

import type { Both } from '../../base/index.ts';
import { bookOf, datesOf, isRecord, openAppeals, statusOf, type Tables } from '../state/index.ts';
import type { Place } from './item.ts';
import { keylessTeams } from './keys.ts';
import { lackingOf } from './lacking.ts';
import { inBoth } from './speaker.ts';
import type { WORDS } from './words.ts';

/** The next act of the office, and its stage. */
interface NextStep {
  stage: string;
  act: 'close' | 'decide' | 'answer' | 'finish';
  /** The appeal to answer; null for another act. */
  appeal: string | null;
  /** Until this moment teams may appeal, and the act is refused; null for another act, and where no end was announced. */
  notBefore: string | null;
}

const NOTHING = { appeal: null, notBefore: null };

/** Null in a record, without a current stage, or while an open stage lacks something. */
export function nextStepOf(tables: Tables): NextStep | null {
  if (isRecord(tables)) return null;
  for (const { id: stage } of tables.all('stages')) {
    const status = statusOf(tables, stage);
    if (status === 'open' && lackingOf(tables, stage).length === 0) return { stage, act: 'close', ...NOTHING };
    if (status === 'closed') return { stage, act: 'decide', ...NOTHING };
    if (status === 'decided') {
      const [appeal] = openAppeals(tables, stage);
      if (appeal) return { stage, act: 'answer', ...NOTHING, appeal: appeal.id };
      return { stage, act: 'finish', ...NOTHING, notBefore: datesOf(tables, stage).appealsUntil };
    }
  }
  return null;
}

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
