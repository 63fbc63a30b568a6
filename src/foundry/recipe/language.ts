// Guesses the language of a text from its letters: good enough for a recipe that its owner then reads. Not a classifier.

const SCRIPTS: [RegExp, string][] = [
  [/\p{Script=Hangul}/u, 'ko'],
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, 'ja'],
  [/\p{Script=Han}/u, 'zh'],
  [/\p{Script=Thai}/u, 'th'],
  [/\p{Script=Hebrew}/u, 'he'],
  [/\p{Script=Greek}/u, 'el'],
  [/\p{Script=Latin}/u, 'latin'],
];

const ENGLISH = new Set(
  'the of and to in is that it for was with as on be at by this are not or from have an'.split(' '),
);

/** Counts of letters by script, of words, and of common English words; they add up over samples. */
export class LanguageGuess {
  readonly #letters = new Map<string, number>();
  #all = 0;
  #words = 0;
  #english = 0;

  add(text: string): void {
    for (const letter of text) {
      if (!/\p{L}/u.test(letter)) continue;
      const script = SCRIPTS.find(([pattern]) => pattern.test(letter))?.[1] ?? 'other';
      this.#letters.set(script, (this.#letters.get(script) ?? 0) + 1);
      this.#all++;
    }
    for (const word of text.toLowerCase().match(/[a-z]+/g) ?? []) {
      this.#words++;
      if (ENGLISH.has(word)) this.#english++;
    }
  }

  /** A language tag; `und` where the letters do not decide it. */
  language(): string {
    const share = (script: string) => (this.#all ? (this.#letters.get(script) ?? 0) / this.#all : 0);
    // Half of the letters of technical Korean are Latin, and a syllable block counts once where English counts every letter.
    if (share('ko') >= 0.15) return 'ko';
    if (share('ja') >= 0.1) return 'ja'; // before zh: Japanese is written in Han too
    for (const script of ['zh', 'th', 'he', 'el']) if (share(script) >= 0.3) return script;
    if (share('latin') > 0.7 && this.#words >= 20 && this.#english / this.#words > 0.12) return 'en';
    return 'und';
  }
}
