// The marks of verdicts, outcomes and states: a sign, which repeats the word beside it as a shape, and the tone of its colour.

interface StateMark {
  sign: string;
  tone: 'good' | 'bad' | 'warn' | 'live' | 'none';
}

const GOOD: StateMark = { sign: '✓', tone: 'good' };
const BAD: StateMark = { sign: '✕', tone: 'bad' };
const UNSURE: StateMark = { sign: '?', tone: 'warn' };
const LACKING: StateMark = { sign: '!', tone: 'warn' };
const SHUT: StateMark = { sign: '■', tone: 'warn' };
const LIVE: StateMark = { sign: '●', tone: 'live' };
const HALF: StateMark = { sign: '◐', tone: 'live' };
const SAME: StateMark = { sign: '=', tone: 'live' };
const NONE: StateMark = { sign: '–', tone: 'none' };

const MARKS: Record<string, StateMark> = {
  holds: GOOD,
  kept: GOOD,
  own: GOOD,
  upheld: GOOD,
  finished: GOOD,
  final: GOOD,
  evaluated: GOOD,
  done: GOOD,
  sent: GOOD,
  'goes-on': GOOD,
  'in-time': GOOD,
  selected: GOOD,
  passed: GOOD,
  refuted: BAD,
  out: BAD,
  derived: BAD,
  'frozen-foreign': BAD,
  rejected: BAD,
  refused: BAD,
  failed: BAD,
  broken: BAD,
  stops: BAD,
  'too-late': BAD,
  fell: BAD,
  'in-part': LACKING,
  incomplete: LACKING,
  unfinished: LACKING,
  partly: LACKING,
  late: LACKING,
  unknown: UNSURE,
  'goes-on-as-far-as-known': UNSURE,
  'perhaps-in-time': UNSURE,
  decided: SHUT,
  closed: SHUT,
  identical: SAME,
  shares: SAME,
  trace: { sign: '~', tone: 'warn' },
  consistent: { sign: '≈', tone: 'live' },
  'not-told': UNSURE,
  untestable: UNSURE,
  audited: HALF,
  paper: HALF,
  presentation: HALF,
  received: LIVE,
  recorded: LIVE,
  running: LIVE,
  sending: LIVE,
  open: LIVE,
  active: LIVE,
};

/** The mark of a verdict, an outcome or a state; a dash for any other name. */
export const markOf = (state: string): StateMark => (Object.hasOwn(MARKS, state) ? MARKS[state] : NONE);

/** The mark of a verdict in a report; null is "not run". `incomplete` is a question mark there, not a warning. */
export const reportMark = (verdict: string | null): StateMark =>
  verdict === 'incomplete' ? UNSURE : markOf(verdict ?? 'not run');
