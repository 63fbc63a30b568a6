// GPT-2's spelling of bytes: a printable character for each of the 256 bytes, so that a vocabulary can be JSON.

/** The character of each byte: printable Latin-1 stays, other bytes get characters from U+0100 on. */
const CHARACTERS = (() => {
  let extra = 0x100;
  const printable = (byte: number) => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : extra++));
})();

const BYTES = new Map(CHARACTERS.map((character, byte) => [character.charCodeAt(0), byte]));

/** Spells bytes, one character each. */
export function spell(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += CHARACTERS[byte];
  return text;
}

/** The bytes of a spelling; undefined if a character spells no byte. */
export function unspell(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const byte = BYTES.get(text.charCodeAt(i));
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}
