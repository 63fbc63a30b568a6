// Every word of the report, by what it is for. en.ts and ko.ts fill it; nothing of the page stands here.
// Numbers come in already written (format.ts), names already made harmless; the page escapes all of it.

import type { CheckName, FigureStanding, Replayed, Verdict } from '../types.ts';
import type { Lodging } from './facts.ts';

interface CheckWords {
  name: string;
  question: string;
  answer: Record<Verdict, string>;
}

export interface Words {
  lang: 'ko' | 'en';
  brand: string;
  title: (name: string) => string;
  claimLabel: string;
  /** One question: it asserts nothing. `steps` is null where the run does not say. */
  claim: (name: string, steps: string | null) => string;
  verdictLabel: string;
  verdict: Record<Verdict, string>;
  checksHeld: (held: string, all: string) => string;
  /** Beside the verdict: of how many tensors the bound says little. */
  boundLine: (vacuous: string, tensors: string) => string;
  figureLine: string;
  notLodged: string;
  ownLodging: string;
  firstFindings: string;

  who: {
    heading: string;
    maker: string;
    makerNote: string;
    made: string;
    makerClock: string;
    sealed: string;
    lodging: string;
    lodgedYes: string;
    /** Where the structure does not hold, so that the lodging proves nothing. */
    lodgedSays: string;
    lodgedOwn: string;
    lodgedNo: string;
    lodgedAt: string;
    officeClock: string;
    office: string;
    officeNote: string;
    parameters: string;
    tokens: string;
    steps: string;
    valBitsPerByte: string;
    /** Below it, by what is known of it. */
    figure: Record<FigureStanding, string>;
    unknown: string;
    /** After a time. */
    zone: string;
  };

  chain: {
    heading: string;
    lead: string;
    svgTitle: string;
    /** What the picture shows, for those who cannot see it. */
    svgDesc: (segments: string, replayed: string) => string;
    text: string;
    textNote: string;
    tokenizer: string;
    tokenizerNote: string;
    start: string;
    startNote: string;
    segments: (count: string) => string;
    segmentsNote: (per: string) => string;
    seal: string;
    sealNote: string;
    model: string;
    modelNote: string;
    checked: string;
    legend: { replayed: string; differs: string; unfinished: string; rest: string };
    digests: string;
    seed: string;
    head: string;
    stateRoot: string;
    challenge: string;
  };

  curve: {
    heading: string;
    svgTitle: string;
    svgDesc: (steps: string, first: string, last: string, replayed: string) => string;
    axisStep: string;
    axisLoss: string;
    replayed: string;
    differs: string;
    rest: string;
    makersWord: string;
    none: string;
    left: (count: string) => string;
  };

  checks: {
    heading: string;
    lead: string;
    words: Record<CheckName, CheckWords>;
    state: Record<Verdict, string>;
    notRun: string;
    record: string;
    findings: string;
    notes: string;
    step: string;
    tensor: string;
    more: (count: string) => string;
    replayedCaption: string;
    replayedColumns: { segment: string; steps: string; why: string; result: string };
    why: Record<Replayed['why'], string>;
    result: Record<Verdict, string>;
  };

  chance: {
    heading: string;
    claimed: (segments: string, candidates: string, drawn: string) => string;
    self: string;
    void: string;
    none: string;
    all: string;
    reason: string;
    caption: string;
    columns: { forged: string; share: string; chance: string };
    only: string;
    room: {
      heading: string;
      lead: string;
      none: string;
      caption: string;
      columns: { group: string; way: string; distance: string };
      /** A column for each chance of staying unseen. */
      unseen: (chance: string, forged: string) => string;
      groups: Record<string, string>;
    };
  };

  cost: {
    heading: string;
    lead: (replayed: string, steps: string, share: string) => string;
    replay: string;
    total: string;
    share: string;
    steps: string;
    ofTraining: string;
  };

  limits: {
    heading: string;
    lead: string;
    items: string[];
    time: Record<Lodging, string>;
  };

  again: { heading: string; text: string };
  colophon: string;
}
