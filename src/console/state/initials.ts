// An example of a search by first consonants, of a name that exists. Knows no page.

/** The first consonants as a keyboard writes them, in the order of Unicode's syllables. */
const CONSONANTS = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ';
const [FIRST_SYLLABLE, FOR_EACH] = [0xac00, 21 * 28];

const initialOf = (syllable: string): string =>
  CONSONANTS[Math.floor((syllable.charCodeAt(0) - FIRST_SYLLABLE) / FOR_EACH)]!;

/** A word of the names, of two syllables or more, with its first consonants; undefined where no name has such a word. */
export function initialsExample(names: readonly (string | undefined)[]): { typed: string; found: string } | undefined {
  const found = names
    .map((name) => /(?<![\p{L}\p{N}])[가-힣]{2,}(?![\p{L}\p{N}])/u.exec(name?.normalize('NFC') ?? '')?.[0])
    .find(Boolean);
  return found === undefined ? undefined : { typed: [...found].map(initialOf).join(''), found };
}
