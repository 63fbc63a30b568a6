// Folds texts so that what people type finds what others wrote: without case, accents and signs, in whichever Unicode form. Korean is
// folded twice: into letters (a syllable that is still being typed finds its word), and into the first consonants of its syllables.

/** Clusters that a keyboard makes of two first consonants, as two. */
const CLUSTERS: Record<string, string> = {
  ...{ ㄳ: 'ㄱㅅ', ㄵ: 'ㄴㅈ', ㄶ: 'ㄴㅎ', ㄺ: 'ㄹㄱ', ㄻ: 'ㄹㅁ', ㄼ: 'ㄹㅂ' },
  ...{ ㄽ: 'ㄹㅅ', ㄾ: 'ㄹㅌ', ㄿ: 'ㄹㅍ', ㅀ: 'ㄹㅎ', ㅄ: 'ㅂㅅ' },
};
const [FIRST_SYLLABLE, LAST_SYLLABLE, FIRST_CONSONANT, FIRST_VOWEL] = [0xac00, 0xd7a3, 0x1100, 0x1161];
const [CONSONANTS, VOWELS, ENDINGS] = [19, 21, 28];
/** Vowels that are typed as two. */
const VOWELS_OF: Record<number, number[]> = {
  ...{ 9: [8, 0], 10: [8, 1], 11: [8, 20], 14: [13, 4], 15: [13, 5], 16: [13, 20], 19: [18, 20] },
};
/** The consonants of each ending of a syllable, the first of them without any. */
const ENDING_OF = [
  ...[[], [0], [1], [0, 9], [2], [2, 12], [2, 18], [3], [5], [5, 0], [5, 6], [5, 7], [5, 9], [5, 16], [5, 17], [5, 18]],
  ...[[6], [7], [7, 9], [9], [10], [11], [12], [14], [15], [16], [17], [18]],
];

/** The words of a text, folded, with a space between. */
export function fold(text: string): string {
  const same = text
    .replace(/[ㄳㄵㄶㄺ-ㅀㅄ]/g, (cluster) => CLUSTERS[cluster]!)
    .normalize('NFKD')
    .replace(/[\p{Mn}\p{Cf}]/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .replaceAll('ß', 'ss');
  return (same.match(/[\p{L}\p{N}]+/gu) ?? []).join(' ');
}

const isSyllable = (code: number): boolean => code >= FIRST_SYLLABLE && code <= LAST_SYLLABLE;
const consonant = (index: number): string => String.fromCharCode(FIRST_CONSONANT + index);
const vowel = (index: number): string =>
  (VOWELS_OF[index] ?? [index]).map((one) => String.fromCharCode(FIRST_VOWEL + one)).join('');

/** A folded text with its Korean syllables as the letters that are typed for them. */
export function lettersOf(folded: string): string {
  let letters = '';
  for (let at = 0; at < folded.length; at++) {
    const code = folded.charCodeAt(at);
    if (isSyllable(code)) {
      const index = code - FIRST_SYLLABLE;
      const rest = index % (VOWELS * ENDINGS);
      letters += consonant(Math.floor(index / (VOWELS * ENDINGS))) + vowel(Math.floor(rest / ENDINGS));
      letters += ENDING_OF[rest % ENDINGS]!.map(consonant).join('');
    } else if (code >= FIRST_VOWEL && code < FIRST_VOWEL + VOWELS) letters += vowel(code - FIRST_VOWEL);
    else letters += folded[at];
  }
  return letters;
}

/** A folded text with each Korean syllable as its first consonant: as long as the text. */
export const initialsOf = (folded: string): string =>
  folded.replace(/[가-힣]/g, (syllable) =>
    consonant(Math.floor((syllable.charCodeAt(0) - FIRST_SYLLABLE) / (VOWELS * ENDINGS))),
  );

/** Whether a folded text has consonants that belong to no syllable: they stand for whole syllables. */
export const hasInitials = (folded: string): boolean => {
  for (let at = 0; at < folded.length; at++) {
    const index = folded.charCodeAt(at) - FIRST_CONSONANT;
    if (index >= 0 && index < CONSONANTS) return true;
  }
  return false;
};
