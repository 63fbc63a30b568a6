// A conversation as token ids, by the model's own Jinja template. The template runs in a process of its own that is killed
// when it does not end. Special tokens are those of the template's own text: what somebody said can never become one.

import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { childScript, startChild } from '../../apart/index.ts';
import { JikjiError } from '../../base/index.ts';
import { sandboxSettings } from '../evaluate/index.ts';
import type { TextTokenizer } from '../tokenizer/index.ts';
import type { Rendered, Rendering } from './chat-template.child.ts';

export interface Message {
  role: 'user' | 'assistant';
  content: string;
}

const MAX_SECONDS = 10;

export interface ChatTemplateOptions {
  /** Jinja, as Hugging Face writes it. */
  template: string;
  /** Texts of the special tokens that the template may name. */
  bosToken?: string | undefined;
  eosToken?: string | undefined;
  tokenizer: TextTokenizer;
  /** What errors call it. */
  name: string;
  /** Seconds that one rendering may take. */
  seconds?: number;
}

/** A text in pieces, cut inside each of these words. */
function cut(text: string, words: Iterable<string>): string[] {
  let pieces = [text];
  for (const word of words) {
    const [first] = word;
    const rest = word.slice(first!.length);
    pieces = pieces.flatMap((piece) => {
      const parts = piece.split(word);
      return parts.map((part, i) => (i > 0 ? rest : '') + part + (i < parts.length - 1 ? first : ''));
    });
  }
  return pieces;
}

export class ChatTemplate {
  readonly #options: ChatTemplateOptions;
  #child: ChildProcess | undefined;

  constructor(options: ChatTemplateOptions) {
    this.#options = options;
  }

  /**
   * Ids of a conversation, up to where the model's answer begins.
   * @throws JikjiError `chat-template`
   */
  async encode(messages: readonly Message[]): Promise<number[]> {
    const pieces = await this.#pieces(messages, true);
    const { tokenizer } = this.#options;
    const own = pieces.filter(({ said }) => !said).flatMap(({ text }) => [...this.#ids(text)]);
    const control = new Map([...new Set(own)].filter((id) => this.#isControl(id)).map((id) => [id, this.#text(id)]));
    const lost = messages.some(({ content }) => {
      const found = pieces.some(({ text, said }) => said && text === content.trim());
      return (
        !found && ([...control.values()].some((t) => content.includes(t)) || this.#ids(content).some(this.#isSpecial))
      );
    });
    // Something like a special token that is not between its marks would be taken for the template's own.
    if (lost) throw this.#broken('changes what was said, and that has the text of a special token in it');
    const apart = pieces.flatMap(({ text, said }) =>
      said ? cut(text, control.values()).flatMap((piece) => [...tokenizer.encode(piece)]) : [...this.#ids(text)],
    );
    const whole = [...this.#ids(pieces.map(({ text }) => text).join(''))];
    // As one text it is what the model was tuned on. Where somebody said what looks like a special token it is not: then
    // it is put together from pieces.
    const special = (ids: number[]) => ids.filter((id) => control.has(id) || this.#isSpecial(id)).join();
    return special(whole) === special(apart) ? whole : apart;
  }

  /** Ids that the template puts right after an answer: the model ends its own with them. */
  async ends(): Promise<ReadonlySet<number>> {
    const messages: Message[] = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ];
    const pieces = await this.#pieces(messages, false);
    const after = pieces.slice(pieces.findLastIndex(({ said }) => said) + 1).map(({ text }) => text);
    const [first] = this.#ids(after.join('').trimStart());
    return new Set(first !== undefined && this.#isControl(first) ? [first] : []);
  }

  /** Ids of the template's own text. */
  #ids(text: string): Uint32Array {
    return this.#options.tokenizer.encode(text, { special: true });
  }

  #text(id: number): string {
    return this.#options.tokenizer.decode([id]);
  }

  /** A token that no ordinary text becomes. */
  readonly #isSpecial = (id: number): boolean => {
    const text = this.#text(id);
    const isIt = (ids: Uint32Array): boolean => ids.length === 1 && ids[0] === id;
    return isIt(this.#ids(text)) && !isIt(this.#options.tokenizer.encode(text));
  };

  /** A special token, or one that looks like it: makers of models forget to call them special. */
  #isControl(id: number): boolean {
    return this.#isSpecial(id) || /^[<[|].+[>\]|]$/su.test(this.#text(id));
  }

  /** The rendered text in pieces: the template's own, and what was said. */
  async #pieces(messages: readonly Message[], answer: boolean): Promise<{ text: string; said: boolean }[]> {
    // Marks that nobody can have typed stand around what was said, so that it is found again, whatever it is.
    const mark = BigInt(`0x${randomBytes(16).toString('hex')}`).toString(); // digits: no filter for letters changes them
    const [begin, end] = [`\u{f0000}${mark}\u{f0000}`, `\u{f0001}${mark}\u{f0001}`];
    const text = await this.#render({
      messages: messages.map(({ role, content }) => ({ role, content: begin + content.trim() + end })),
      add_generation_prompt: answer,
      ...(this.#options.bosToken !== undefined && { bos_token: this.#options.bosToken }),
      ...(this.#options.eosToken !== undefined && { eos_token: this.#options.eosToken }),
    });
    const pieces: { text: string; said: boolean }[] = [];
    const [first, ...rest] = text.split(begin);
    pieces.push({ text: first!, said: false });
    for (const piece of rest) {
      const [said, own, more] = piece.split(end);
      if (own === undefined || more !== undefined) throw this.#broken('takes apart what was said');
      pieces.push({ text: said!, said: true }, { text: own, said: false });
    }
    if (pieces.some((piece) => !piece.said && piece.text.includes(mark))) {
      throw this.#broken('takes apart what was said');
    }
    return pieces.filter((piece) => piece.text !== '');
  }

  #render(variables: Record<string, unknown>): Promise<string> {
    const { template, seconds = MAX_SECONDS } = this.#options;
    this.#child ??= startChild(childScript(import.meta.url, 'chat-template'), sandboxSettings());
    const child = this.#child;
    child.ref();
    child.channel?.ref();
    return new Promise((resolve, reject) => {
      const fail = (what: string): void => {
        done();
        this.close();
        reject(this.#broken(what));
      };
      const onMessage = (rendered: Rendered): void => {
        done();
        if ('text' in rendered) resolve(rendered.text);
        else reject(this.#broken(`fails: ${rendered.error}`));
      };
      const onClose = (): void => fail('needs too much memory, or broke off');
      const onError = (error: Error): void => {
        done();
        reject(error);
      };
      const timer = setTimeout(() => fail(`did not end within ${seconds} s`), seconds * 1000);
      const done = (): void => {
        clearTimeout(timer);
        child.off('message', onMessage).off('close', onClose).off('error', onError);
        // Between two turns it keeps nobody waiting.
        child.unref();
        child.channel?.unref();
      };
      child.on('message', onMessage).on('close', onClose).on('error', onError);
      child.stderr?.resume();
      child.send({ template, variables } satisfies Rendering, () => {}); // that it has ended, `close` says
    });
  }

  #broken(what: string): JikjiError {
    return new JikjiError(
      'chat-template',
      `the model's chat template ${what}`,
      this.#options.name,
      'continue texts with it instead: jikji sample MODEL --prompt TEXT',
    );
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}
