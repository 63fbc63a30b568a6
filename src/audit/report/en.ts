// The words of the report in English, by purpose; Korean has the same keys. Words that other pages use too are in the dictionary of the
// page kit. Numbers arrive formatted, and names made harmless; the page escapes all of it.

import type { WordsOf } from '../../page-kit/text/index.ts';

export type Words = WordsOf<typeof en>;

export const en = {
  brand: 'Jikji audit report',
  title: (name: string) => `${name}: audit report`,
  claimLabel: 'What is claimed, and asked here',
  /** One question: it asserts nothing. `steps` is null where the run does not say. */
  claim: (name: string, steps: string | null, fromParent: boolean) =>
    `Were the weights of “${name}” made by its recipe, from ${fromParent ? 'those of its parent' : 'random numbers'}, on its data, by ${steps === null ? 'gradient steps' : `${steps} gradient steps`}, and by nothing else?`,
  verdictLabel: 'Verdict',
  checksHeld: (held: string, all: string) => `${held} of ${all} checks hold`,
  /** Beside the verdict: the number of tensors of which the bound says little. */
  boundLine: (vacuous: string, tensors: string) =>
    `The bound on movement says little of ${vacuous} of ${tensors} tensors: it lets them move further in a segment than they are large.`,
  figureLine: 'The validation figure is the maker’s word.',
  notLodged: 'Not lodged: no trusted time',
  ownLodging: 'Lodged with a key that made a run of this chain: no trusted time',
  firstFindings: 'What was found',

  who: {
    heading: 'Who made it, and when',
    maker: 'Maker’s key',
    makerNote: 'Compare it with the fingerprint that the maker has published.',
    nextMaker: (step: string) => `Handed over after step ${step} to the key`,
    nextMakerNote: 'It countersigned, and went on with the training.',
    made: 'Start',
    makerClock: 'by the maker’s clock, which nobody checked',
    sealed: 'Sealed',
    lodging: 'Lodging',
    lodgedYes: 'Lodged with an office before the first step',
    lodgedListed: 'Lodged with an office before the first step, as its register shows',
    /** For a run whose structure does not hold: its lodging proves nothing. */
    lodgedSays: 'The run says that it was lodged, but its structure does not hold.',
    lodgedOwn: 'Lodged, but the office’s key is the maker’s own. Nobody else vouches for the time.',
    lodgedNo: 'Not lodged. No office vouches for the time, and the maker chose the seed himself.',
    lodgedAt: 'Lodged',
    officeClock: 'by the office’s clock',
    office: 'Office’s key',
    officeNote: 'Compare it with the fingerprint that the office has published.',
    tokens: 'Tokens trained on',
    steps: 'Steps',
    valBitsPerByte: 'Validation, bits per byte',
    figure: {
      computed: 'computed again by this audit',
      maker: 'as sealed: the maker’s word',
      none: 'no figure: there is no held-out text to score',
    },
    unknown: 'not readable',
  },

  chain: {
    heading: 'The chain of evidence',
    lead: 'From text to model, each link is bound to the one before it by a digest. The rules underneath show how far each check reaches.',
    svgTitle: 'The chain from text to model, and what was checked',
    svgDesc: (segments: string, replayed: string) =>
      `Text, tokenizer, initial state, ${segments} training segments of which ${replayed} were replayed, seal, model. The checks are explained in the section Checks.`,
    text: 'Text',
    textNote: 'corpus',
    tokenizer: 'Tokenizer',
    /** Of a run with drawn weights, and of one with those of a parent. */
    tokenizerNote: { drawn: 'trained on it', taken: 'from its parent' },
    start: 'S₀',
    startNote: { drawn: 'random start', run: 'a parent’s weights', model: 'a model’s weights' },
    segments: (count: string) => `Training: ${count} segments`,
    segmentsNote: (per: string) => `one sort stands for up to ${per} segments`,
    sealNote: 'signed',
    model: 'Model',
    modelNote: 'as exported',
    legend: {
      holds: 'holds: the same bits',
      refuted: 'holds: different',
      incomplete: 'could not be replayed',
      rest: 'not replayed',
    },
    digests: 'Digests in full',
    head: 'Last link of the chain',
    stateRoot: 'Root of the last state',
    challenge: 'Challenge that drew the segments',
  },

  curve: {
    heading: 'The loss curve',
    svgTitle: 'Training loss by step',
    svgDesc: (steps: string, first: string, last: string, replayed: string) =>
      `Over ${steps} steps the loss goes from ${first} to ${last} nats. Replayed steps: ${replayed}.`,
    axisStep: 'step',
    axisLoss: 'loss, in nats',
    replayed: 'replayed: computed again, the same bits',
    differs: 'replayed: came out different',
    rest: 'not replayed',
    makersWord: 'The losses of steps that were neither replayed nor probed are the maker’s word.',
    none: 'There are no records that could be drawn.',
    skipped: (count: string) => `${count} records hold no number that can be drawn and were left out.`,
  },

  checks: {
    heading: 'Checks',
    lead: 'Each check with the question it answers and what it found.',
    answers: {
      structure: {
        holds:
          'Every signature is valid, the chain of records has no gap, and every file that is there matches the digest signed for it.',
        refuted: 'A signature, the chain of records or a file does not match.',
        incomplete: 'Files that are needed for this check are not there.',
      },
      schedule: {
        holds:
          'For every step that is recorded the learning rate and the batch were computed anew. They match the record, bit for bit.',
        refuted: 'At least one step’s learning rate or batch is not what the recipe gives.',
        incomplete: 'What is needed to compute the learning rates and batches anew is not there.',
      },
      origin: {
        holds:
          'The initial weights were drawn again from the seed and the tokenizer was trained again: both came out the same. The documents that were encoded again match as well.',
        refuted: 'The initial weights, the text or the tokenizer are not what the claim says.',
        incomplete: 'The start could not be made again in full, because some of what it needs is not there.',
      },
      data: {
        holds:
          'No text comes twice, what was held out was chosen by digest, and the counts follow from the texts. The evidence says which sources were compared; all others are the maker’s word.',
        refuted: 'Texts come twice, were split otherwise, are counted wrongly, or are not those of their source.',
        incomplete: 'Not all texts are there.',
      },
      policy: {
        holds: 'All settings lie where the other checks mean something.',
        refuted: 'A setting lies where the other checks would mean nothing.',
        incomplete: 'The recipe could not be judged in full.',
      },
      motion: {
        holds:
          'Across all segments, no weight and no moment left its bound, the most that a step of the optimizer can do. Where a bound says little, the verdict above counts its tensors.',
        refuted: 'Weights or moments changed in a way that the optimizer cannot cause.',
        incomplete: 'Not every segment could be measured, because kept states are not there.',
      },
      probe: {
        holds:
          'At the kept states that the evidence counts, the loss of the next step’s batch was computed again. It matches the record, bit for bit. Where that step was trained again, replay compares it.',
        refuted: 'At least one kept state does not lose on the next batch what the record says.',
        incomplete: 'Not every kept state could be probed, because something is not there.',
      },
      replay: {
        holds:
          'In the segments that were trained again, every record and the final state came out the same, bit for bit.',
        refuted: 'Trained again, at least one segment came out different from the record.',
        incomplete: 'A segment that was due to be replayed could not be.',
      },
      figures: {
        holds: 'What was computed again is what the seal and the card say; the evidence below says what that was.',
        refuted: 'The seal or the card says something else than what was computed again.',
        incomplete: 'What is needed to compute the figure again is not there.',
      },
      parent: {
        holds: 'What it was built on was audited too, and holds as far as the evidence says.',
        refuted: 'What it was built on does not hold: the findings say where.',
        incomplete: 'What it was built on could not be judged.',
      },
      register: {
        holds:
          'By the office’s own register nothing that this run shows is a second answer, and every head that the office saw on the way is in the record. The evidence says what it answered. Another key or another name of the recipe evades this.',
        refuted: 'The record is not the one whose head the office saw on the way: it was changed afterwards.',
        incomplete: 'By the office’s register the run does not have the office’s first answers, or not all are known.',
      },
    },
    /** In place of the answer of `origin` where the weights were not drawn. */
    originTaken:
      'The initial weights are those that the run names as its parent’s, and the tokenizer is the parent’s or begins with it. The documents that were encoded again match as well. How the parent’s weights were made is another question.',
    state: { holds: 'holds', refuted: 'refuted', incomplete: 'incomplete' },
    notRun: 'This check was not run.',
    record: 'Evidence',
    findings: 'Findings',
    notes: 'To be noted',
    replayedCaption: 'Replayed segments',
    replayedColumns: { segment: 'Segment', steps: 'Steps', why: 'Chosen because', result: 'Result' },
    why: {
      first: 'it is the first',
      random: 'the challenge drew it',
      last: 'it is among the last',
      speed: 'its speed stands out',
      heading: 'its direction stands out',
      probe: 'its loss on a probe stands out',
      asked: 'it was asked for',
    },
    result: { holds: 'same bits', refuted: 'different', incomplete: 'not possible' },
  },

  links: {
    heading: 'What it was built on, run by run',
    lead: 'A chain is as strong as its weakest link. The runs that were audited here, the newest first:',
  },

  chance: {
    heading: 'Chance of detection',
    claimed: (segments: string, candidates: string, drawn: string) =>
      `The run has ${segments} segments. Of the ${candidates} that are neither first nor last, a challenge drew ${drawn} at random. Had some of those ${candidates} been forged before the challenge was known, this is the chance that at least one forged segment would have been drawn.`,
    self: 'Self-audit: no detection claimed. The maker himself drew the segments to replay, so the draw proves nothing to others. An independent auditor has to draw them anew.',
    void: 'Segments were drawn, but the draw counts for nothing; the evidence below says why. No chance of detection is claimed.',
    none: 'No segment was drawn at random, so no chance of detection is claimed.',
    all: 'Every segment of this run was replayed and came out the same, so nothing of it was left to chance.',
    reason: 'On the draw',
    caption: 'Chance that a forgery would have been caught, by its size',
    columns: { forged: 'Segments forged', share: 'Share of the candidates', chance: 'Chance of being caught' },
    only: 'From the random draw alone. The first, the last and the strangest segments come on top; no chance is claimed for them.',
    room: {
      heading: 'Room for a forger',
      lead: 'From the kept states it is known how far each segment moved the weights. A forger who wants to stay unseen with a given chance can forge only so many segments: at most these shares of the way lie in them. What he shifts there can be more than they moved: also what honest training would have moved, and moments carry it into the next segment.',
      none: 'How far the weights moved is not known for every segment, or segments came out different: no room can be stated.',
      caption: 'What lies in segments that can have been forged unseen, at most',
      columns: { group: 'Tensors', way: 'of the way', distance: 'of the distance' },
      /** A column for each chance of staying unseen. */
      unseen: (chance: string, forged: string) => `unseen with ${chance}: ${forged} segments`,
      groups: {
        all: 'all',
        embedding: 'embedding',
        attention: 'attention',
        'feed-forward': 'feed-forward',
        norms: 'norms',
        head: 'head',
      },
    },
  },

  cost: {
    heading: 'Cost',
    lead: (replayed: string, steps: string, share: string) =>
      `${replayed} of ${steps} training steps were run again: ${share} of the training.`,
    replay: 'Replay',
    total: 'Whole audit',
    share: 'Share of the training',
    steps: 'Steps replayed',
    ofTraining: 'Whole audit, of the time that training takes here',
  },

  limits: {
    heading: 'What this does not prove',
    lead: 'An audit answers one question. It does not show:',
    items: [
      'that the data was not written by another model, or chosen or ordered to carry one;',
      'that benchmark text was not in the corpus;',
      'that no earlier, secret runs chose the recipe;',
      'that losses of steps that were neither replayed nor probed are true;',
      'that the model served later is the sealed one;',
      'who owns the machine;',
      'that the architecture is new.',
    ],
    time: {
      none: 'This run was not lodged, so it has no trusted time: its genesis may have been made after the training.',
      own: 'This run was lodged with the maker’s own key, so it has no trusted time: its genesis may have been made after the training.',
      office:
        'A run that was not lodged has no trusted time. This one was: its time is as trustworthy as the office whose key is named above.',
    },
  },

  again:
    'Anyone who has the run’s folder or bundle can train the same segments again, on any machine; parents, sources, a register and known keys have their own options:',
};
