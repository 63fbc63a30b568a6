// How a model writes calls of tools, as its chat template writes those of earlier turns: a table of known forms, and which of them a template
// has. A template is asked by rendering calls of tools that nobody has; names of models are not looked at.

/** The texts around the names and arguments of calls. */
export interface CallForm {
  /** An answer that has this text begins a call with it. */
  trigger: string;
  /** Whether only the beginning of an answer begins a call. */
  isAnchored: boolean;
  /** Before the name of the first call. */
  first: string;
  /** After the end of a call, up to the name of the next one; undefined where an answer has one call. */
  next: string | undefined;
  /** Between name and arguments. */
  middle: string;
  /** After the arguments. */
  after: string;
  /** After the last call. */
  close: string;
  /** How the template takes arguments of earlier calls: parsed, or as the text that they are. */
  takes: 'object' | 'text';
}

/** A known form: patterns of its texts, since templates differ in white space. */
interface KnownForm {
  /** Undefined: all that stands before the name of the first call, at the beginning of an answer. */
  trigger?: string;
  open: string;
  before: string;
  middle: string;
  /** What templates add to calls of earlier turns, and models do not write. */
  id?: string;
  after: string;
  between: string;
  close: string;
}

/** White space of ASCII alone: its bytes are characters. */
const BLANK = String.raw`[ \t\r\n]*`;
const NAME = String.raw`\{"name":${BLANK}"`;
const ARGUMENTS = `",${BLANK}"arguments":${BLANK}`;

const FORMS: readonly KnownForm[] = [
  // Qwen 2.5 and 3
  {
    trigger: '<tool_call>',
    open: '',
    before: `<tool_call>${BLANK}${NAME}`,
    middle: ARGUMENTS,
    after: String.raw`\}${BLANK}</tool_call>`,
    between: BLANK,
    close: '',
  },
  // Mistral up to Nemo
  {
    trigger: '[TOOL_CALLS]',
    open: String.raw`\[TOOL_CALLS\]${BLANK}\[`,
    before: NAME,
    middle: ARGUMENTS,
    id: String.raw`,${BLANK}"id":${BLANK}"\w+"`,
    after: String.raw`\}`,
    between: `,${BLANK}`,
    close: String.raw`\]`,
  },
  // Mistral since Small 3.2
  {
    trigger: '[TOOL_CALLS]',
    open: '',
    before: String.raw`\[TOOL_CALLS\]`,
    middle: String.raw`\[ARGS\]`,
    after: '',
    between: '',
    close: '',
  },
  // Llama 3.1
  {
    open: '',
    before: NAME,
    middle: `",${BLANK}"parameters":${BLANK}`,
    after: String.raw`\}`,
    between: '',
    close: '',
  },
];

/** A call as templates take it. */
export interface ProbeCall {
  id: string;
  name: string;
  arguments: Record<string, unknown>;
}

/** Calls that no request has: ids of nine letters and digits are what the strictest templates take. */
export const PROBES: readonly ProbeCall[] = [
  { id: 'probe0001', name: 'probe_one', arguments: { probe_a: 1 } },
  { id: 'probe0002', name: 'probe_two', arguments: { probe_b: 2 } },
];

/** The result of a probe. */
export const PROBE_RESULT = 'probe result';

const textOf = ({ name, arguments: of }: ProbeCall, { middle, id }: KnownForm): string => {
  const members = Object.entries(of).map(([key, value]) => `"${key}":${BLANK}${value}`);
  return String.raw`${name}(${middle})\{${BLANK}${members}${BLANK}\}(?:${id ?? ''})?`;
};

/** The texts around one call, in a rendering that has it after `prompt`. */
function aroundOne(known: KnownForm, rendered: string, prompt: string) {
  const { open, before, after, close } = known;
  const found = new RegExp(`(${open})(${before})${textOf(PROBES[0], known)}(${after})(${close})`).exec(rendered);
  // A call stands where an answer begins.
  if (!found || rendered.slice(0, found.index).trimEnd() !== prompt.trimEnd()) return undefined;
  const [, opened, begun, middle, ended, closed] = found as unknown as string[];
  return { first: opened + begun, middle, after: ended, close: closed };
}

/** The text between the end of a call and the name of the next one. */
function betweenTwo(known: KnownForm, rendered: string): string | undefined {
  const { before, after, between, close } = known;
  const [one, two] = PROBES.map((probe) => textOf(probe, known));
  return new RegExp(`${one}${after}(?<next>${between}${before})${two}${after}${close}`).exec(rendered)?.groups?.next;
}

/** Renders a conversation with the first `calls` probes, without any up to the answer; undefined where the template refuses it. */
export type Render = (calls: number, takes: CallForm['takes']) => Promise<string | undefined>;

/** The form in which a template renders calls; or why it has none that is known. */
export async function findForm(render: Render): Promise<CallForm | string> {
  const prompt = await render(0, 'object');
  if (!prompt?.includes(PROBES[0].name)) return 'does not give tools to the model';
  for (const takes of ['object', 'text'] as const) {
    const one = await render(1, takes);
    if (!one?.includes(PROBE_RESULT)) continue;
    for (const known of FORMS) {
      const texts = aroundOne(known, one, prompt);
      if (!texts) continue;
      const two = known.trigger === undefined ? undefined : await render(2, takes);
      const next = two === undefined ? undefined : betweenTwo(known, two);
      // After a call it must be clear whether another one or the end comes.
      const isClear = next === undefined || texts.close === '' || next[0] !== texts.close[0];
      const trigger = known.trigger ?? texts.first;
      return { ...texts, trigger, isAnchored: !known.trigger, next: isClear ? next : undefined, takes };
    }
  }
  return 'has calls of tools in a form that is not supported';
}
