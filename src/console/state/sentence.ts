// The messages of errors as sentences on a page. Terminals and programs get them as they are: in lower case, behind what caused them.

/** What the server names itself, where a message has nothing that somebody typed or chose. A message on a password says that it is about one. */
const OWN_WORDS = new Set([
  'this request',
  'the request',
  'the body',
  'the answer',
  'the model',
  'the upload',
  'the database',
  'the table',
  'first line',
  'log-in',
  'openid',
  'mail',
  'identity',
  'invitation',
  'reset',
  'Authorization',
  'password',
  'Content-Type',
  'comparison',
  'decision',
  'finding',
  'lodging',
  'log',
  'metered usage',
  'rehearsal',
  'reviewer',
  'rule book',
]);

interface Places {
  row: (row: string) => string;
  line: (line: string) => string;
}

/** The part of an error that a person typed or chose, or where it stands; empty if the server named something of its own. */
export function typedInput(input: string, words: Places): string {
  const [, row, column] = /^row (\d+)(, \w+)?$/.exec(input) ?? [];
  if (row !== undefined) return `${words.row(row)}${column ?? ''}`;
  const [, name = input, line] = /^(.*):(\d+)$/s.exec(input) ?? [];
  if (!OWN_WORDS.has(name)) return input;
  return line === undefined ? '' : words.line(line);
}

/** With a capital and a full stop. A first word that is a name, a path or a number stays as it is written, and so does an id in Korean. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  const isWord = /^[a-z]+(-[a-z]+)*(?=[ ,;]|$)/.test(trimmed) && !/\p{Script=Hangul}/u.test(trimmed);
  const begun = isWord ? trimmed[0]!.toUpperCase() + trimmed.slice(1) : trimmed;
  return /[.!?…:]$/.test(begun) ? begun : `${begun}.`;
}
