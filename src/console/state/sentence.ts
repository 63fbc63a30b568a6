// The messages of errors as sentences on a page. Terminals and programs get them as they are: in lower case, behind what caused them.

/** What the server names itself, where a message has nothing that somebody typed or chose. A message on a password says that it is about one. */
const OWN_WORDS = new Set([
  'this request',
  'the request',
  'the upload',
  'the database',
  'the table',
  'log-in',
  'openid',
  'mail',
  'identity',
  'invitation',
  'reset',
  'Authorization',
  'password',
]);

/** The part of an error that a person typed or chose; empty if the server named something of its own. */
export const typedInput = (input: string): string => (OWN_WORDS.has(input) ? '' : input);

/** With a capital and a full stop. A first word that is a name, a path or a number stays as it is written. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  const begun = /^[a-z]+(-[a-z]+)*(?=[ ,;]|$)/.test(trimmed) ? trimmed[0]!.toUpperCase() + trimmed.slice(1) : trimmed;
  return /[.!?…:]$/.test(begun) ? begun : `${begun}.`;
}
