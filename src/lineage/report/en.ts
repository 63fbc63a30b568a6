// The words of the report in English, by purpose; Korean has the same keys. Numbers arrive formatted, and names made harmless; the page
// escapes all of it. No sentence says more than the tests show: docs/lineage.md has what they prove.

import type { WordsOf } from '../../page-kit/text/index.ts';
import { raised } from './chance.ts';

export type Words = WordsOf<typeof en>;

export const en = {
  brand: 'Jikji lineage report',
  title: (name: string) => `${name}: lineage report`,
  questionLabel: 'What is asked here',
  question: (name: string, references: string) =>
    `Do the weights of “${name}” have a common origin with those of ${references}?`,
  quoted: (name: string) => `“${name}”`,
  referenceCount: (count: string) => `${count} reference models`,
  verdictLabel: 'Verdict',
  against: (name: string) => `Compared with “${name}”`,
  headline: {
    identical: 'Identical',
    shares: 'Shares weights',
    trace: 'Trace',
    none: 'No evidence',
    untestable: 'Not testable',
  },
  meaning: {
    identical: 'In every part that was tested, all values that were looked at are equal, or equal up to rounding.',
    shares: (count: string, all: string, parts: string) =>
      `In ${count} of ${all} tested parts weights, or their initialisation, have a common origin: ${parts}.`,
    trace:
      'Some agreement is more than chance explains well, but it is too weak, or not unlikely enough, for a verdict.',
    none: 'The tests found nothing that independent models do not show too. That does not prove independence.',
    untestable: 'No part of the two models could be tested.',
  },
  sameFiles: 'The weight files of both have one digest: they are the same, byte for byte.',
  basisOnly: 'Only the basis is shared: that follows from a shared embedding alone, and says nothing of the layers.',
  caveats: {
    direction: 'Who took from whom is not said.',
    noDate: 'No order in time was established.',
    suspectFirst:
      'The examined model’s digest was fixed before the reference’s: a reference that came later can be made to fit, so this says nothing against the examined model.',
    start: 'A shared initialisation (one seed) alone looks like this too.',
    challengeGiven: 'The challenge was given: who chose it, and when, is not known here.',
  },

  towers: { language: 'language model', vision: 'vision tower', audio: 'audio tower' },
  kinds: {
    units: 'MLP units',
    values: 'attention values',
    experts: 'experts',
    'expert-units': 'units in experts',
    basis: 'basis (embedding)',
  },
  part: (tower: string, kind: string) => `${tower}: ${kind}`,
  /** What a part consists of, after a number. */
  nouns: {
    units: 'units',
    values: 'value dimensions',
    experts: 'experts',
    'expert-units': 'units',
    basis: 'dimensions',
  },
  verdicts: {
    identical: 'identical',
    shares: 'shares weights',
    trace: 'trace',
    none: 'no evidence',
    untestable: 'not testable',
  },
  tests: {
    places: (count: string, of: string, noun: string) => `${count} of ${of} matched ${noun} stand in the same place`,
    signs: (count: string, of: string, noun: string) => `${count} of ${of} matched ${noun} agree in their sign`,
    order: (count: string, of: string, noun: string) => `${count} of ${of} matched ${noun} stand in the same order`,
  },
  alignments: { tokens: 'aligned by shared tokens' },
  expected: (about: string) => `independent models: about ${about}`,
  byChance: (chance: string) => `by chance at most ${chance}`,
  asChance: 'no more than chance gives in so many tests',
  equality: {
    equal: 'all values that were looked at are equal',
    rounded: 'all values that were looked at are equal up to rounding',
  },
  chance: {
    power: (exponent: string) => `1 in 10${raised(exponent)}`,
    oneIn: (count: string) => `1 in ${count}`,
    share: (percent: string) => percent,
  },
  strength: (cosine: string, units: string) => `${cosine} (${units})`,
  strengthMoved: 'says nothing: the units stand in other places',
  noStrength: 'none',

  parts: {
    heading: 'Part by part',
    lead: 'Units are matched by what they look like, whatever their number. Then it is counted how many matched pairs have the same number, the same order or the same sign. The chance is that of independent models, for all parts and references together.',
    columns: {
      part: 'Part',
      verdict: 'Verdict',
      seen: 'What was seen',
      chance: 'By chance at most',
      strength: 'Median cosine at the same place (pairs)',
    },
    nothing: 'There is no part that both models have.',
  },

  map: {
    heading: 'Which layers look alike',
    title: 'Map of the layers',
    towerTitle: (tower: string) => `Map of the layers: ${tower}`,
    desc: (rows: string, columns: string, same: string, pairs: string, list: string) =>
      `${rows} layers of the examined model beside ${columns} of the reference. ${same} of ${pairs} chosen pairs have the same number. Pairs: ${list}.`,
    rows: '↓ layer of the examined model',
    columns: '→ layer of the reference',
    legend: (low: string, high: string) => `${low} to ${high}`,
    chosen: 'compared with each other',
    note: 'The shade is the mean cosine of matched units. It only chooses which layers are compared: independent models have high values too, so it is not evidence.',
    folded: (per: string) => `One field stands for up to ${per} layers in each direction, and shows the highest value.`,
  },

  controls: {
    heading: 'Controls beside it',
    lead: 'The same tests, between the reference and copies of it that were made for this comparison, on up to four of its blocks. They show what a known copy, and no copy, look like. Random numbers stand for the latter, which is less than a trained model that is independent: trained models look more alike. To see one, name it as one more reference. No verdict depends on controls.',
    columns: {
      part: 'Part',
      here: 'The two models',
      noise: 'Copy under noise as large as its weights',
      'noise-3': 'Copy under noise three times as large',
      shuffled: 'Copy with its units in random order',
      random: 'Random numbers instead',
    },
    places: 'in the same place',
    signs: 'same sign',
    of: (count: string, of: string) => `${count} of ${of}`,
  },

  likeness: {
    heading: 'How alike they look, without a chance',
    lead: (pairs: string) =>
      `These numbers do not ask where a unit stands: a copy with shuffled units, changed signs or a rotation has high ones. Independent models can have high ones too, and nothing is proved of them: no verdict depends on them. Beside them stands the highest of ${pairs} pairs of small models, trained apart by one recipe on the same data, for two lengths of time. Larger models, and longer trained ones, may have more.`,
    columns: { part: 'Part', here: 'The two models', independent: 'Highest of independent small models' },
    rotated: 'embedding, cosine after the best rotation',
    cka: 'embedding, angles between tokens (CKA)',
    matched: (part: string) => `${part}, median cosine of matched pairs`,
    least: (value: string) => `independent small models: at most ${value}`,
    none: 'no chance stands behind these numbers, and no verdict depends on them',
    beyond: (parts: string) =>
      `More alike than any of those pairs: ${parts}. That is a reason to look further (at all units, and at the evidence of both); it convicts nobody.`,
  },

  seen: {
    heading: 'What would have been seen',
    group: (part: string, noise: string, noise3: string) =>
      `${part}: a copy under noise as large as its weights has ${noise} in place; under three times that, ${noise3}.`,
    small: (part: string) => `${part}: too few units for a verdict; even an untouched copy could not be told by them.`,
    hidden:
      'Not found are copies whose units were shuffled and their signs flipped, rotated copies that no shared tokens bring back, copies that lost units if not all units were looked at, and copies that were trained on for long.',
  },

  tokenizer: {
    heading: 'Tokenizer',
    same: 'Both have the same tokenizer file, byte for byte.',
    counts: (shared: string, suspect: string, reference: string, sameId: string) =>
      `${shared} tokens are in both (the examined model has ${suspect}, the reference ${reference}); ${sameId} of them have the same id.`,
    merges: (shared: string, suspect: string, reference: string) =>
      `Merges in both: ${shared} (of ${suspect} and ${reference}).`,
    inOrder: 'The reference’s merges all stand in the examined model’s list, in their order.',
    meaning: 'Tokenizers are published and taken over openly: this says nothing of weights.',
    unknown: 'Not compared: one of the models came without a tokenizer that could be read.',
  },

  kinship: {
    heading: 'What the evidence of both says',
    word: 'It is the makers’ signed word, and was not audited here.',
    none: 'The two models do not both come with evidence of their training.',
    'begins-from-reference': 'The examined model’s evidence says that it began with the reference’s weights.',
    'reference-begins-from-it': 'The reference’s evidence says that it began with the examined model’s weights.',
    'same-parent': 'The evidence of both says that they began with the weights of one and the same run.',
    'same-start': 'The evidence of both says that they began with the same weights.',
    'same-seed': 'The evidence of both says that they began with random numbers of one seed.',
    'other-start': 'The evidence of both says that they began with random numbers of two different seeds.',
    'parent-elsewhere': 'The evidence of at least one says that it began with the weights of a third model.',
  },

  untested: {
    heading: 'What was not tested, and why',
    none: 'No part is known that was left out.',
    model: { suspect: 'Examined model', reference: 'Reference' },
    missing: 'the other model has no such tower',
    record: 'Program’s record',
  },

  ruledOut: {
    heading: 'What does not explain it',
    lead: 'The chances hold if at least one of the two models was initialised at random, trained with an optimizer that treats all units alike, and left its units in the order in which they were drawn. Where units were found sorted by size, in groups that differ, or repeated in both models, places are not counted. “Shares weights” allows for up to eight nested groups of MLP units and of dimensions of the embedding, noticed or not; another order that both share is not noticed. Then none of these makes a chance small:',
    items: [
      'the same architecture or recipe: each training numbers its units anew, by chance;',
      'cosines that are high for any two models: rows are centred, the weights of norms are not compared by themselves, and the size of a cosine is not part of the chance;',
      'a shared tokenizer: tokens only bring the two models together, their ids are not counted;',
      'the same data: it teaches similar units, not the same numbers and signs for them.',
    ],
    tried: (tried: string) =>
      `The chances count all parts, and ${tried} as the number of references ever tried. That number is the word of whoever made the comparison.`,
    startHeading: 'What is not ruled out',
    start:
      'A shared initialisation: two models that began with the same random numbers, such as the default seed of a recipe, look like this without anybody having taken anything.',
    startSame: 'One recipe, followed twice with the same seed and data: that can give the same weights again.',
    startOther:
      'A shared initialisation, unless the makers’ evidence is true: it says that the two began with random numbers of two different seeds.',
    startKnown: 'A shared beginning: the makers’ evidence says that there is one, and it is enough to explain this.',
  },

  limits: {
    heading: 'What cannot be known',
    proves:
      'A verdict of shared weights proves a common origin of weights or of initialisation, not who took from whom. It holds only if the reference was fixed before its makers could see the examined model: a reference whose units were put in order afterwards fits any model.',
    items: [
      'how likely it is that the two are independent: the chance says how rarely independent models look like this;',
      'who took from whom, or whether both took from a third model;',
      'whether it was allowed, or said openly;',
      'whether one model learned from the other’s outputs, or both from the same data: no weights are shared then;',
      'whose models these are: the names are those of files and folders, and the digests say what was compared;',
      'how many comparisons were made with other challenges, and not shown.',
    ],
  },

  dates: {
    heading: 'Dates',
    none: 'No date was established. The comparison itself establishes none: when a digest was fixed is for a register to say.',
    lead: 'When the digests were fixed, by the word of those who are named. The comparison itself establishes no date.',
    columns: { model: 'Model', time: 'Digest fixed', by: 'By the word of' },
    unknown: 'not known',
    office: (key: string) => `the register of the office with the key ${key}`,
    first: (time: string, other: string) =>
      `By the register the reference’s digest was fixed at ${time}, the examined model’s at ${other}.`,
  },

  compared: {
    heading: 'What was compared',
    suspect: 'Examined model',
    reference: 'Reference',
    digest: 'SHA-256 over names and digests of its weight files',
    size: 'Size of the weight files',
    family: 'Family',
    towers: 'Towers',
    tower: (name: string, layers: string, hidden: string) => `${name}: ${layers} layers, hidden size ${hidden}`,
    rows: 'Units looked at in each block, at most',
    allRows: 'all',
    tokens: 'Shared tokens that brought the two together',
    sketched: 'A sketch stood for this model: the digest is the word of whoever made the sketch.',
    bySketch:
      'The units were drawn by the key of a sketch that was made before, not by the challenge: whoever knew the key could know which units are looked at.',
    alpha: 'Limit of “shares weights”',
    tried: 'References ever tried',
    challenge: 'Challenge that drew the units',
    challengeNote: {
      drawn: 'drawn by the program in this comparison, after it knew all digests',
      given: 'given to the program: who chose it, and when, is not known here',
    },
  },

  again: 'Anyone who has the same files can repeat the comparison. The same challenge draws the same units:',
};
