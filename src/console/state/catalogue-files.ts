// The files of a catalogue as an office picks or types them: YAML texts that can be edited, and chip cards beside them. Knows no page.

export interface CatalogueFile {
  /** Its name in the catalogue; for a chip card the path by which a chip names it. */
  file: string;
  text: string;
}

/** The largest request with files, less room for what JSON adds. */
export const MAX_FILES = 1_900_000;

export const EMPTY_FILES: CatalogueFile[] = [{ file: 'catalogue.yaml', text: '' }];

export const isCard = ({ file }: CatalogueFile): boolean => file.endsWith('.json');

/** The path by which one of the texts names a card; browsers give only its last part. */
function pathIn(texts: readonly CatalogueFile[], name: string): string {
  const escaped = name.replace(/[^\w]/g, '\\$&');
  const path = new RegExp(`(?:[\\w.-]+/)*(?<![\\w.-])${escaped}(?![\\w.-])`);
  for (const { text } of texts) {
    const found = path.exec(text);
    if (found) return found[0];
  }
  return name;
}

/** The picked files, with cards under the paths that the texts among them name. */
export function catalogueFiles(picked: readonly CatalogueFile[]): CatalogueFile[] {
  const texts = picked.filter((one) => !isCard(one));
  const cards = picked.filter(isCard).map(({ file, text }) => ({ file: pathIn(texts, file), text }));
  return [...(texts.length > 0 ? texts : EMPTY_FILES), ...cards];
}

/** The text with this version at its head; undefined if no line begins with one. */
export function withVersion(text: string, version: number): string | undefined {
  const head = /^version:[ \t]*\d+/m;
  return head.test(text) ? text.replace(head, `version: ${version}`) : undefined;
}

/** Which file an error names as `file:line`. */
export const isNamedIn = ({ file }: CatalogueFile, { input }: { input: string }): boolean =>
  input === file || input.startsWith(`${file}:`);
