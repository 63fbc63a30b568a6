// Renders conversations by a chat template. Limits neither time nor memory: the process that does it is limited.

import { Template } from '@huggingface/jinja';

/** What a template is given, for each text. */
export interface Rendering {
  template: string;
  all: Record<string, unknown>[];
  /**
   * For training: by conversation, the texts before and after each message's content in a second rendering, whose text is the answer. Both
   * renderings must say the same, and nothing that changes from day to day.
   */
  marks?: readonly { before: string; after: string }[][];
}

export type Rendered = { text: string } | { error: string };

/** The longest conversation, in UTF-16 code units. */
const MAX_LENGTH = 1 << 22;
/** In training: of a conversation of `n` characters in `m` messages at most 16 n + 256 m and this. */
const MAX_FRAME = 1 << 16;

type Messages = { role: string; content: string }[];

/** The template that was asked for last: a corpus has one. */
let parsed: { text: string; template: Template } | undefined;

function templateOf(text: string): Template {
  if (parsed?.text !== text) parsed = { text, template: parse(text) };
  return parsed.template;
}

/** The parser stumbles where a text ends inside a block: its TypeError says nothing to the author of a template. */
function parse(text: string): Template {
  try {
    return new Template(text);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Error('it cannot be parsed: perhaps a {% for %}, {% if %} or {% macro %} has no end');
  }
}

function render(text: string, variables: Record<string, unknown>): Rendered {
  return attempt(() => {
    const rendered = String(templateOf(text).render(variables));
    return rendered.length <= MAX_LENGTH
      ? { text: rendered }
      : { error: `gives a text of ${rendered.length} characters` };
  });
}

function attempt(work: () => Rendered): Rendered {
  try {
    return work();
  } catch (error) {
    return { error: String((error as Error)?.message ?? error).slice(0, 300) };
  }
}

/** Templates ask this for the date: other days would give other tokens. */
class NoDate {
  constructor() {
    throw new Error('asks for the date: another day would give other tokens');
  }
}

/** Runs work to which there is no date. */
function withoutDate<T>(work: () => T): T {
  const { Date: date } = globalThis;
  globalThis.Date = NoDate as unknown as DateConstructor;
  try {
    return work();
  } finally {
    globalThis.Date = date;
  }
}

/** The text without the marks that are like this one: they differ in the number of the message alone. */
function withoutMarks(text: string, mark = ''): string {
  const [, sign, digits] = /^(\D+)(\d{39})\d+\1$/u.exec(mark) ?? [];
  if (sign === undefined) return text;
  const [first, ...rest] = text.split(`${sign}${digits}`);
  return first + rest.map((piece) => piece.slice(piece.indexOf(sign) + sign.length)).join('');
}

/** The text with marks around each message, where it says the same as the one without. */
function renderMarked(
  text: string,
  variables: Record<string, unknown>,
  marks: readonly { before: string; after: string }[],
): Rendered {
  const messages = variables.messages as Messages;
  const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
  const limit = MAX_FRAME + 256 * messages.length + 16 * characters;
  const render = (): Rendered => {
    const template = templateOf(text);
    // A template can change what it is given.
    const given = (list: Messages) => ({ ...variables, messages: list });
    const marked = messages.map((message, i) => ({
      ...message,
      content: marks[i].before + message.content + marks[i].after,
    }));
    const rendered = String(template.render(given(marked)));
    if (rendered.length > limit) return { error: `gives a text of ${rendered.length} characters` };
    const bare = withoutMarks(withoutMarks(rendered, marks[0]?.before), marks[0]?.after);
    const plain = String(template.render(given(messages.map((message) => ({ ...message })))));
    if (plain !== bare) return { error: 'changes its own text by what messages say, or changes messages' };
    return { text: rendered };
  };
  return attempt(() => withoutDate(render));
}

export const rendered = ({ template, all, marks }: Rendering): Rendered[] =>
  all.map((variables, i) => (marks ? renderMarked(template, variables, marks[i]) : render(template, variables)));
