// The address of a thing to do: a page of a programme, and with `?act=` the form on it.

import type { Overview } from '../types.ts';
import { pathOf } from './router.ts';

type Place = Overview['due'][number]['at'];

export function addressOf(programme: string, { page, of, act }: Place): string {
  const path = {
    overview: () => pathOf('overview', { programme }),
    organisations: () => pathOf('organisations', { programme }),
    call: () => pathOf('call', { programme }),
    application: () => pathOf('application', { programme, application: of ?? '' }),
    ruleBooks: () => pathOf('ruleBooks', { programme }),
    people: () => pathOf('people', {}),
    consortium: () => pathOf('consortium', { programme, consortium: of ?? '' }),
    stage: () => pathOf('stage', { programme, stage: of ?? '' }),
  }[page]();
  return act === null ? path : `${path}?act=${act}`;
}

/** The form that the address asks for. */
export const actIn = (search: string): string | null => new URLSearchParams(search).get('act');
