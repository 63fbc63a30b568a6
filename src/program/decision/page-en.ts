// The words of the stage's page in English; Korean fills the same keys. What other pages say too stands in the dictionary of the page kit.

import { TERMS, type WordsOf } from '../../page-kit/text/index.ts';

export type Words = WordsOf<typeof en>;

export const en = {
  brand: 'Jikji stage report',
  title: (stage: string, programme: string) => `${stage}: ${programme}`,
  mode: {
    record: 'A record of what others published. Nothing here was measured or decided with Jikji.',
    practice: 'Practice: the teams are made up. Nobody real is judged here.',
    real: null,
  },
  status: {
    open: 'Open: scores are still coming in.',
    closed: 'Closed: not decided yet.',
    decided: 'Decided, and not final: an upheld appeal can change it.',
    final: 'Decided and final',
    recorded: 'Decided, as published',
  },
  console: 'This stage in the console',
  notKnown: 'not known',
  notPublished: 'not published',
  notRecorded: 'source not recorded',
  noDate: 'date not recorded',
  notYet: 'not there yet',

  decision: {
    heading: 'Who goes on, and who does not',
    open: 'The stage is open. Nothing is decided.',
    rule: (kept: string, all: string) => `By the rule book ${kept} of ${all} go on.`,
    /** Teams of which the rules decide nothing. */
    leftOpen: (n: string) => `Left open by the rules: ${n}`,
    kept: (n: string) => `Go on: ${n}`,
    out: (n: string) => `Out: ${n}`,
    reason: {
      veto: 'originality: its rules exclude, whatever the points are',
      points: 'points',
      withdrawn: 'withdrawn',
    },
    /** A team whose points would have kept it. */
    vetoPlace: (place: string) => `by points it was in place ${place}, and would have stayed`,
  },
  standings: {
    lead: 'Points by block, as the rule book weighs them. A total is the sum of its rounded blocks.',
    record: 'Points by block, as far as they were published.',
    caption: 'Points by block',
    kept: 'goes on',
    out: 'out',
    interval: (level: string) =>
      `In small type: where the true figure lies with a chance of ${level}, as far as errors of sampling go.`,
  },
  parts: {
    heading: 'Where the points come from',
    lead: 'Each figure cites a rule by its path in the rule book.',
    part: 'Rule',
    kinds: { ...TERMS.en.sources, tasks: 'measured by evaluation', judgements: 'users’ blind comparisons' },
  },
  chances: {
    heading: TERMS.en.stage.howSure,
    lead: (draws: string) =>
      `With other questions, other experts and other users the points would have been others. From ${draws} such draws: the chance of each place by points. Darker is likelier; the figure says how likely.`,
    none: 'How sure the standings are cannot be said: it takes the answers to single questions, forms and comparisons, and those are not here.',
    place: (n: string) => `${n}.`,
    later: (n: string) => `${n}. or later`,
    stays: 'stays by points',
    vetoNote: 'A veto is not a matter of points: these are the chances of the teams without one, among themselves.',
    movesPoints: (far: string, kept: string, out: string) =>
      `If ${far} points of weight went from some parts to others, ${out} could draw level with ${kept}; fewer cannot do it.`,
    movesShare: (far: string, kept: string, out: string) =>
      `If every part’s weight could change by up to ${far} of itself, ${out} could draw level with ${kept}; less cannot do it.`,
    movesNone: 'No other weights would have changed who goes.',
    seed: 'Seed of the draws',
  },
  findings: {
    heading: 'Originality, component by component',
    /** Whose word they are: signed all, none, or some of them. */
    lead: {
      signed: 'The panel’s signed verdicts.',
      reported: 'Verdicts as reported: nobody signed them here.',
      mixed: 'The panel’s verdicts: some are signed, the others are as reported.',
    },
    veto: 'One that excludes takes a team out, unless its appeal is upheld.',
    noVeto: 'By this rule book they take nobody out.',
    none: 'There are no findings.',
    caption: 'Verdicts by component',
    verdicts: {
      own: 'own',
      derived: 'derived',
      'frozen-foreign': 'another’s, frozen',
      unknown: 'unknown',
      'not published': 'not published',
    },
    noFinding: 'no finding',
  },
  comparisons: {
    heading: 'Whose weights were compared with whose',
    lead: 'Each submission beside the reference models of the rule book, and beside other teams’ submissions before it. What was shared was proposed to the panel; a proposed finding alone decides nothing, and where nothing was found, independence is not proved.',
    none: 'Nothing was compared.',
    beside: ' with ',
    answers: {
      open: 'proposed, not answered',
      signed: 'proposed, and signed as a finding',
      rejected: 'proposed, and rejected',
    },
  },
  audits: {
    heading: 'How the models were made',
    lead: 'What the audit of each team’s submission found, how far it reached, and what is the maker’s word.',
    none: 'There is no audit to show here.',
    joined: 'With the audits that others signed',
  },
  withheld: {
    scores: (n: string, all: string) => `${n} of ${all} scores of this stage were not published.`,
    all: 'Everything that this stage was decided by is public.',
    kinds: {
      scores: 'Scores: kept by the office, by the rule book',
      forms: 'Experts’ forms: kept by the office, by the rule book',
      judgements: 'Users’ comparisons: kept by the office, by the rule book',
      audits: 'Audits: kept by the office, by the rule book',
      weights: 'Weights of the models: not published, by the rule book',
    },
  },
  facts: {
    heading: 'What else was published',
    lead: 'Figures that belong to no team’s score here, with their sources.',
    derived: 'derived',
  },
  appeals: {
    none: 'There are none.',
    open: 'not answered yet',
    upheld: 'upheld',
    rejected: 'rejected',
    answer: 'Answer',
  },
  log: {
    heading: 'What it stands on',
    lead: 'Every score, form, finding and decision is an entry of one log. Each entry’s link covers all entries before it: nothing in it can be changed unseen.',
    entries: 'Entries',
    head: 'Link of the last entry',
    unsigned: 'No office has signed this log.',
    what: 'What was signed',
    signed: { 'rule-book': 'Rule book registered', close: 'Stage closed', decision: 'Decision' },
  },
  again: 'Rebuilds every figure from the log and names the first entry that was altered:',
};
