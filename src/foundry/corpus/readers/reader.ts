// The interface of all readers: text of one file goes in by pieces, documents come out. Readers know no files and no sources.

/** Turns the text of one file into documents. The text comes in pieces of any size; `end` is called once, at its end. */
export interface Reader {
  push(text: string): void;
  end(): void;
}

/** Input of a reader for one file. */
export interface ReaderContext {
  /** The file's name, for errors. */
  label: string;
  /** The recipe's `field`. */
  field: string | undefined;
  /** Takes the whole text of a document at once; of a conversation with its place in the file: `line 3`. */
  document: (text: string, place?: string) => void;
  /** Takes a piece of a text that may be longer than memory; `endOfText` ends the document. */
  piece: (text: string) => void;
  endOfText: () => void;
  /** Counts an item that gave no document, under the name of a rule. */
  drop: (rule: string) => void;
}
