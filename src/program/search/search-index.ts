// An index over names: built once, asked often. All names stand in one text, so that a question costs one pass over it, whatever is asked.
// It knows nothing of who may see a thing: each index holds only what all who ask it may see.

import { fold, hasInitials, initialsOf, lettersOf } from './fold.ts';
import { FOUND_KINDS, type FoundKind, type Thing } from './kinds.ts';

/** Hits of one kind that are returned; the others are counted. */
export const MAX_HITS = 20;
/** Whole id, whole name, beginning of a name, beginnings of words, anywhere in words. */
const RANKS = 5;
const NONE = 255;

export interface Hit {
  thing: Thing;
  /** 0 is the best. */
  rank: number;
}
export type FoundByKind = Map<FoundKind, { count: number; hits: Hit[] }>;

/** Before and behind each name; a space is before each word. */
const NAME = '\u0001';

/** A text of all names, with the beginning of each thing. */
class Names {
  readonly text: string;
  readonly starts: Uint32Array;

  constructor(parts: readonly string[]) {
    this.text = parts.join('\n');
    this.starts = new Uint32Array(parts.length + 1);
    for (let i = 0, at = 0; i < parts.length; i++) {
      at += parts[i]!.length + 1;
      this.starts[i + 1] = at;
    }
  }

  of(thing: number): string {
    return this.text.slice(this.starts[thing], this.starts[thing + 1]! - 1);
  }
}

/** A question's word, or several, as it is looked for. */
interface Wanted {
  /** Where a consonant stands for a syllable, syllables are compared whole; otherwise letter by letter. */
  byInitials: boolean;
  folded: string;
  searched: string;
}

function wantedOf(folded: string, byInitials = hasInitials(folded)): Wanted {
  return { byInitials, folded, searched: byInitials ? initialsOf(folded) : lettersOf(folded) };
}

const around = ({ byInitials, folded, searched }: Wanted, before: string, behind = ''): Wanted => ({
  byInitials,
  folded: before + folded + behind,
  searched: before + searched + behind,
});

/** Whether `wanted` stands at `at`, where its first consonants do: those that are no consonants by themselves must be equal too. */
function standsAt(plain: string, at: number, { folded, searched }: Wanted): boolean {
  for (let i = 0; i < folded.length; i++) if (folded[i] !== searched[i] && folded[i] !== plain[at + i]) return false;
  return true;
}

export class SearchIndex {
  readonly #things: readonly Thing[];
  readonly #letters: Names;
  readonly #plain: Names;
  readonly #initials: Names;

  /** @param things the most recent first */
  constructor(things: readonly Thing[]) {
    this.#things = things;
    const known = new Map<string, { letters: string; plain: string; initials: string }>();
    const formsOf = (text: string) => {
      let forms = known.get(text);
      if (!forms) {
        const plain = fold(text).replace(/^| /g, ' ');
        forms = { plain, letters: lettersOf(plain), initials: initialsOf(plain) };
        known.set(text, forms);
      }
      return forms;
    };
    const all = things.map(({ id, title, words = [] }) => [id ?? '', title.en, title.ko ?? '', ...words].map(formsOf));
    const names = (form: 'letters' | 'plain' | 'initials') =>
      new Names(all.map((forms) => `${NAME}${forms.map((one) => one[form]).join(NAME)}${NAME}`));
    this.#letters = names('letters');
    this.#plain = names('plain');
    this.#initials = names('initials');
  }

  /** The things in whose names all words of a question occur, in any order. */
  find(question: string): FoundByKind {
    const folded = fold(question);
    if (folded === '') return new Map();
    const buckets = new Map<FoundKind, { count: number; ranks: Thing[][] }>();
    for (const [i, rank] of this.#ranks(folded).entries()) {
      if (rank === NONE) continue;
      const thing = this.#things[i]!;
      const bucket = buckets.get(thing.kind) ?? { count: 0, ranks: Array.from({ length: RANKS }, () => []) };
      buckets.set(thing.kind, bucket);
      bucket.count++;
      if (bucket.ranks[rank]!.length < MAX_HITS) bucket.ranks[rank]!.push(thing);
    }
    return new Map(
      Array.from(buckets, ([kind, { count, ranks }]) => {
        const hits = ranks.flatMap((things, rank) => things.map((thing): Hit => ({ thing, rank })));
        return [kind, { count, hits: hits.slice(0, MAX_HITS) }];
      }),
    );
  }

  /** The rank of each thing; NONE where it is not found. */
  #ranks(folded: string): Uint8Array {
    const words = [...new Set(folded.split(' '))].map((word) => wantedOf(word));
    // The longest word leaves the fewest.
    words.sort((a, b) => b.searched.length - a.searched.length);
    const [first, ...others] = words as [Wanted, ...Wanted[]];
    const ranks = new Uint8Array(this.#things.length).fill(NONE);
    this.#each(first, (i) => {
      ranks[i] = 4;
    });
    this.#each(around(first, ' '), (i) => {
      ranks[i] = 3;
    });
    if (others.length > 0) this.#narrow(ranks, others);
    const whole = wantedOf(
      folded,
      words.some(({ byInitials }) => byInitials),
    );
    this.#each(around(whole, `${NAME} `), (i) => {
      ranks[i] = 2;
    });
    this.#each(around(whole, `${NAME} `, NAME), (i, isFirst) => {
      ranks[i] = isFirst ? 0 : 1;
    });
    return ranks;
  }

  /** Leaves of the things that one word has found those that have the others too. */
  #narrow(ranks: Uint8Array, words: readonly Wanted[]): void {
    const starting = words.map((word) => around(word, ' '));
    for (let i = 0; i < ranks.length; i++) {
      if (ranks[i] === NONE) continue;
      if (!words.every((word) => this.#has(i, word))) ranks[i] = NONE;
      else if (!starting.every((word) => this.#has(i, word))) ranks[i] = 4;
    }
  }

  /** Calls `on` once for each thing that has a text; `isFirst`: its names begin with it. */
  #each(wanted: Wanted, on: (thing: number, isFirst: boolean) => void): void {
    const { text, starts } = wanted.byInitials ? this.#initials : this.#letters;
    const plain = this.#plain.text;
    let thing = 0;
    for (let at = text.indexOf(wanted.searched); at !== -1; ) {
      let next = at + 1;
      if (!wanted.byInitials || standsAt(plain, at, wanted)) {
        while (starts[thing + 1]! <= at) thing++;
        on(thing, at === starts[thing]);
        next = starts[thing + 1]!;
      }
      at = text.indexOf(wanted.searched, next);
    }
  }

  #has(thing: number, wanted: Wanted): boolean {
    if (!wanted.byInitials) return this.#letters.of(thing).includes(wanted.searched);
    const initials = this.#initials.of(thing);
    const plain = this.#plain.of(thing);
    for (let at = initials.indexOf(wanted.searched); at !== -1; at = initials.indexOf(wanted.searched, at + 1))
      if (standsAt(plain, at, wanted)) return true;
    return false;
  }
}

/** What several indexes found, the best first; at equal ranks in the order of the indexes. */
export function joinFound(all: readonly FoundByKind[]): { kind: FoundKind; count: number; hits: Hit[] }[] {
  const groups = FOUND_KINDS.flatMap((kind) => {
    const found = all.flatMap((one) => one.get(kind) ?? []);
    if (found.length === 0) return [];
    const hits = found.flatMap(({ hits }) => hits).sort((a, b) => a.rank - b.rank);
    const count = found.reduce((sum, one) => sum + one.count, 0);
    return [{ kind, count, hits: hits.slice(0, MAX_HITS) }];
  });
  return groups.sort((a, b) => a.hits[0]!.rank - b.hits[0]!.rank);
}
