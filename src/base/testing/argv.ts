// Arguments of a command line, written as somebody types them.

type Part = string | number | readonly string[];

/** The words of a line: argv`make ${recipe} --out run`. What is put in is one word, or several from a list. */
export function argv(texts: readonly string[], ...parts: Part[]): string[] {
  const words = texts.join('\0').match(/\S+/g) ?? [];
  const left = parts.values();
  const next = () => left.next().value!;
  return words.flatMap((word) =>
    word === '\0' ? [next()].flat().map(String) : word.replaceAll('\0', () => `${next()}`),
  );
}

/** A call that is given its words so: make`recipe.yaml --out run`. */
export const typed =
  <R>(call: (args: string[]) => R) =>
  (texts: readonly string[], ...parts: Part[]): R =>
    call(argv(texts, ...parts));
