// A name in small Latin letters, digits, ".", "_" and "-", after a text in any script: Hangul in the Revised Romanization, each syllable by
// itself, without changes of sound between them. Knows nothing of what is named.

const CONSONANTS = 'g kk n d tt r m b pp s ss - j jj ch k t p h'.split(' ');
const VOWELS = 'a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i'.split(' ');
const ENDINGS = '- k k k n n n t l k m l l l p l m p p t t ng t t k t p t'.split(' ');
const FIRST_SYLLABLE = 0xac00;

function romanised(syllable: string): string {
  const index = syllable.charCodeAt(0) - FIRST_SYLLABLE;
  const [onset, rest] = [Math.floor(index / (21 * 28)), index % (21 * 28)];
  return `${CONSONANTS[onset]}${VOWELS[Math.floor(rest / 28)]}${ENDINGS[rest % 28]}`.replaceAll('-', '');
}

/** At most 100 characters, the first of them a letter or digit; empty where the text has neither. */
export const asciiName = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[가-힣]/g, romanised)
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 100)
    .replace(/-+$/, '');
