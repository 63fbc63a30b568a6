// What may be said of a witnessed run after an audit, in English; Korean has the same keys. Numbers arrive formatted, names made harmless.

import type { WordsOf } from '../../../page-kit/text/index.ts';

export type WitnessWords = WordsOf<typeof en>;

export const en = {
  verdicts: {
    holds: 'Holds',
    consistent: 'Consistent',
    'not-told': 'Not told',
    refuted: 'Refuted',
    incomplete: 'Incomplete',
  },
  self: (word: string) => `${word} (self-audit)`,
  headline: {
    all: 'every step was trained again by the named code, and came out the same, bit for bit',
    sampled: (held: string, segments: string) =>
      `${held} of ${segments} segments were trained again by the named code, and came out the same, bit for bit`,
    /** What was reproduced to the bit where it is another environment: nothing, or by chance a few steps at a time. */
    none: 'nothing was reproduced to the bit',
    some: (held: string, segments: string) => `only ${held} of ${segments} segments were reproduced to the bit`,
    consistent: (reproduced: string) =>
      `${reproduced}; every segment ends as near to where the named code takes its start as rounding on this machine goes`,
    notTold: (reproduced: string, told: string, steps: string) =>
      `${reproduced}, and of ${told} of ${steps} steps it is told that they lie within rounding: that shows no run`,
    fewPairs: (reproduced: string, paired: string, least: string) =>
      `${reproduced}; every segment lies within rounding, but only ${paired} steps lie in pairs, where ${least} must`,
    /** Of a run that no office answered before its first step. */
    ofWhom: (headline: string) => `${headline}; whose run this is: not shown`,
    refuted: 'something in it is not what it claims to be',
    untrained: 'nothing was trained again; only what the evidence shows by itself was checked',
    incomplete: 'evidence is missing, so it is neither shown nor refuted',
  },
  limits: {
    noOrigin: 'Origin not shown: that these weights began at random is the maker’s word.',
    nearOrigin: 'The weights of step 0 were built again but for rounding.',
    between: (share: string) =>
      `Steps between two recorded states: ${share} of all. Of the others, only what was trained again to the bit is shown.`,
    rounding: (share: string) =>
      `What is no larger than rounding is not seen: in each segment a tensor may have been moved unseen by up to ${share} of its way, as a length.`,
    known: 'Pairs give no chance of detection: a maker knows them before he computes them.',
    room: (share: string) => `A paired step could have been steered unseen by up to ${share} of its gradient.`,
    ownDraw: 'The maker drew the pairs himself.',
    ownPairs: (own: string, all: string) =>
      `The maker could choose ${own} of the ${all} paired steps: no office drew these.`,
    notLodged: 'No trusted time: all of it may have been written after the training.',
    ownOffice: 'Lodged by the maker himself: no trusted time.',
    judged:
      'Code and data are those that the run committed to, by digest. What the code does, and what else it reads, was not judged: read it.',
    unread: 'Code and data were not looked at.',
    recorder: 'The maker ran the program that recorded this; the environment is his word.',
  },
  /** For audits that several auditors signed. */
  joined: {
    all: 'Every step was trained again by the named code, and came out the same, bit for bit.',
    sampled:
      'Nothing that was checked contradicts the record. A part of it was trained again by the named code, and came out the same, bit for bit.',
    consistent:
      'Every segment ends as near to where the named code takes its start as rounding on their machines goes. Nothing was reproduced to the bit.',
    /** Where a report of version 1 is among them, which looked at pairs alone. */
    consistentPairs:
      'Within the rounding of their machines, paired steps are those of the named code. Nothing was reproduced to the bit.',
    origin: 'The weights of step 0 were made again from the seed by the named code, bit for bit.',
    again: 'Every step was trained again; the ends of all segments came out the same but for rounding.',
    rounding: (own: string) =>
      `What is no larger than rounding is not seen: it is up to ${own} of the weights’ way in the median, and in single tensors more; how much could hide in a segment the signed reports do not state.`,
    ofWhom: (headline: string) => `${headline} Whose run this is: not shown.`,
  },

  page: {
    brand: 'Jikji audit report',
    title: (name: string) => `${name}: audit of a run of PyTorch`,
    claimLabel: 'What is claimed, and asked here',
    claim: (name: string, steps: string | null) =>
      `Were the weights of “${name}” drawn from its seed and changed by ${steps === null ? 'the steps' : `the ${steps} steps`} of its training code, and by nothing else?`,
    verdictLabel: 'Verdict',
    checksHeld: (held: string, all: string) => `${held} of ${all} checks hold`,
    firstFindings: 'What was found',
    notShown: 'What was not shown',
    who: {
      heading: 'Who made it, when, and on what',
      made: 'Start',
      sealed: 'Sealed',
      lodged: 'Lodged',
      makerClock: 'by the maker’s clock, which nobody checked',
      officeClock: 'by the office’s clock',
      notLodged: 'not lodged',
      maker: 'Maker’s key',
      makerNote: 'Compare it with the fingerprint that the maker has published.',
      office: 'Office’s key',
      officeNote: 'Compare it with the fingerprint that the office has published.',
      code: 'Training code, SHA-256',
      codeNote: 'The auditor ran his own copy of it.',
      codeNotRun: 'It was not run.',
      parameters: 'Parameters',
      steps: 'Steps',
      ranks: 'Ranks',
      unknown: 'not readable',
      declared: 'Environment, as the maker declares it',
      own: 'The auditor’s environment',
      ownNone: 'nothing was trained again',
      environment: (torch: string, device: string, capability: string, threads: string) =>
        `PyTorch ${torch}, ${device}, ${capability}, threads: ${threads}`,
    },
    checks: {
      heading: 'Checks',
      lead: 'Each check with the question it answers. The evidence is the program’s record.',
      notRun: 'not run',
      record: 'Evidence',
      findings: 'Findings',
      notes: 'Notes',
      names: {
        structure: 'Structure',
        pairs: 'Pairs',
        optimizer: 'Optimizer',
        motion: 'Motion',
        schedule: 'Schedule',
        origin: 'Origin',
        replay: 'Replay',
        segments: 'Segments',
        gradient: 'Gradient',
        register: 'Register',
      },
      questions: {
        structure: 'Are the signatures genuine, and do records and states belong together?',
        pairs: 'Which steps lie between two recorded states, and who chose them?',
        optimizer: 'Does the second state of each pair follow from the first by one step of the optimizer?',
        motion: 'Did the weights move only as far as the optimizer can move them?',
        schedule: 'Does the training code give every step the batch and the learning rate that are recorded?',
        origin: 'Does the training code make the weights of step 0 from the seed?',
        replay: 'Does training again from a recorded state give the same records and the same state?',
        segments: 'Where no bits are the same: does each state lie as near as rounding takes it here?',
        gradient: 'Is the gradient of each pair that of the training code, but for rounding?',
        register: 'Was the office asked for this run once, and did it see what the record says?',
      },
    },
    chance: {
      heading: 'Chance of detection',
      all: 'Every step was trained again and came out the same, so nothing was left to chance.',
      none: 'No chance of detection is claimed.',
      lead: (segments: string, candidates: string, drawn: string) =>
        `The run has ${segments} segments. Of the ${candidates} that are neither first nor last, a challenge drew ${drawn} at random.`,
      reason: 'On the draw',
      caption: 'Chance that a forgery would have been caught, by its size',
      columns: { forged: 'Segments forged', chance: 'Chance of being caught' },
    },
    room: {
      heading: 'Room for a forger in a paired step',
      none: 'No gradient was computed again.',
      lead: (share: string, steps: string) =>
        `A step between two recorded states that was steered by more than its rounding is seen by itself. On this machine rounding is up to ${share} of a gradient; ${steps} paired steps were compared.`,
      blind: (steps: string) => `${steps} more tell nothing: rounding changes their gradients by more than 6%.`,
      coherence: (steps: string, mean: string, deviations: string) =>
        `Steering all of them a little one way shows in what their differences have in common: over ${steps} steps the mean cosine is ${mean}, ${deviations} standard deviations from none.`,
      noCoherence: 'Too few paired steps to see a common direction.',
    },
    limits: {
      heading: 'What this does not prove',
      lead: 'An audit answers one question. It does not show:',
      items: [
        'that the texts are what their names say, or were not written by another model;',
        'that the training ran on the machines that are named, or when the maker says;',
        'that steps which lie in no pair and were not trained again are as recorded;',
        'that no earlier, secret runs chose the recipe;',
        'that the model served later is the sealed one.',
      ],
    },
    again:
      'Anyone who has the run’s folder or bundle, the training code and the data can train the same segments again with a PyTorch of their own. The code is run: read it first.',
  },
};
