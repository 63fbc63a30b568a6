// The first steps of a programme, from its foundation until its first stage is open.

import type { Both } from '../../base/index.ts';
import type { Tables } from '../state/index.ts';
import type { Place } from './item.ts';
import { inBoth } from './say.ts';
import type { WORDS } from './words.ts';

interface FirstStep {
  text: Both;
  at: Place;
  done: boolean;
}

type Step = keyof (typeof WORDS)['en']['first'];

/** None once a stage has been opened. `people`: whether somebody beside the office has been invited or has joined. */
export function firstStepsOf(tables: Tables, people: boolean): FirstStep[] {
  if (tables.all('stages').length > 0) return [];
  const step = (name: Step, at: Place, done: boolean): FirstStep => ({
    text: inBoth(tables, ({ words }) => words.first[name]),
    at,
    done,
  });
  const on = (page: Place['page'], act: string | null = null): Place => ({ page, of: null, act });
  return [
    step('organisations', on('organisations', 'organisation'), tables.all('organisations').length > 0),
    step('consortia', on('call'), tables.all('consortia').length > 0),
    step('rules', on('ruleBooks'), tables.all('ruleBooks').length > 0),
    step('people', on('people'), people),
    step('open', on('overview', 'open'), false),
  ];
}
