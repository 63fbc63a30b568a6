// What is due in calls for applications: reviews, results, selections, calls whose time is over.

import {
  declaredFor,
  figuresOfStep,
  isInterestedIn,
  type Row,
  reviewsOf,
  rulesOfStep,
  type Tables,
} from '../state/index.ts';
import { type Context, type Due, due, type Place } from './item.ts';

/** The step before which an application stands. */
const NEXT = { received: 'paper', paper: 'presentation' } as const;

const stepOf = ({ status }: Row<'applications'>) => (status === 'received' || status === 'paper' ? NEXT[status] : null);

const onCall: Place = { page: 'call', of: null, act: null };

/** For the office. */
export function callsOfOffice(context: Context): Due[] {
  const { tables, now } = context;
  return tables.all('calls').flatMap((call) => {
    const all = tables.of('applications', 'call', call.id);
    const waiting = all.filter((row) => needsResult(tables, row)).length;
    const passed = all.filter(({ status }) => status === 'presentation').length;
    const until = call.until ?? null;
    const isOver = call.status === 'open' && until !== null && Date.parse(until) < now.getTime();
    return [
      ...(isOver
        ? [due(context, { at: onCall, until, say: (say) => say.words.call.close(say.title(call.title)) })]
        : []),
      ...(waiting > 0
        ? [due(context, { at: onCall, say: (say) => say.words.call.results(say.title(call.title), waiting) })]
        : []),
      ...(passed > 0
        ? [due(context, { at: onCall, say: (say) => say.words.call.select(say.title(call.title), passed) })]
        : []),
    ];
  });
}

/** Whether nothing but the office's result is missing in the next step: all reviewers have given points, or there are none. */
function needsResult(tables: Tables, row: Row<'applications'>): boolean {
  const step = stepOf(row);
  if (step === null) return false;
  const figures = figuresOfStep(tables, row.id, step);
  return figures === undefined || figures.passes !== null;
}

/** For an expert: applications without his points. */
export function callsOfExpert(context: Context): Due[] {
  const { tables, person } = context;
  const expert = person.user ?? '';
  return tables.all('calls').flatMap((call) => {
    const open = tables.of('applications', 'call', call.id).filter((row) => {
      const step = stepOf(row);
      if (step === null || isInterestedIn(tables, expert, row) || !rulesOfStep(tables, row.id, step)) return false;
      return !reviewsOf(tables, row.id, step).some(({ reviewer }) => reviewer === expert) && !needsResult(tables, row);
    });
    const first = open[0];
    if (!first) return [];
    if (!declaredFor(tables, call.id, expert))
      return [due(context, { at: onCall, say: (say) => say.words.call.declare(say.title(call.title)) })];
    const at: Place = open.length === 1 ? { page: 'application', of: first.id, act: null } : onCall;
    return [due(context, { at, say: (say) => say.words.call.points(say.title(call.title), open.length) })];
  });
}
