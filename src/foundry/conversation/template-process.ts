// The child process that renders a chat template: started when it is needed, killed if it does not end. Knows nothing of tokens.

import type { ChildProcess } from 'node:child_process';
import { childScript, sandboxSettings, startChild } from '../../apart/index.ts';
import { JikjiError } from '../../base/index.ts';
import type { Rendered, Rendering } from './rendering.ts';

const MAX_SECONDS = 10;

/** Begins what an error says of a template that raises one. */
export const REFUSES = 'fails:';

/** What an error says of a process that is ended here. */
export const LIMITS = ['did not end within', 'needs too much memory, or crashed'] as const;

export interface TemplateSource {
  /** The template, in Hugging Face's form of Jinja. */
  template: string;
  /** The name in errors. */
  name: string;
  /** The limit of one message to the process, in seconds. */
  seconds?: number | undefined;
  /** Whose template it is, and the hint, in errors: a model's, if they are left out. */
  whose?: string | undefined;
  hint?: string | undefined;
}

/** How templates are rendered instead: for tests, which start no process for what is not about processes. */
export const instead: { rendered?: (rendering: Rendering) => Rendered[] } = {};

export class TemplateProcess {
  readonly #source: TemplateSource;
  #child: ChildProcess | undefined;
  /** Settled when the last rendering that was asked for has ended. */
  #last: Promise<void> = Promise.resolve();

  constructor(source: TemplateSource) {
    this.#source = source;
  }

  broken(what: string): JikjiError {
    const {
      name,
      whose = "the model's",
      hint = 'continue texts with it instead: jikji sample MODEL --prompt TEXT',
    } = this.#source;
    return new JikjiError('chat-template', `${whose} chat template ${what}`, name, hint);
  }

  /** One text. @throws JikjiError `chat-template` */
  async one(variables: Record<string, unknown>): Promise<string> {
    const [rendered] = await this.render({ all: [variables] });
    if ('text' in rendered) return rendered.text;
    throw this.broken(`${REFUSES} ${rendered.error}`);
  }

  /**
   * Renders one message after another: the child gives its texts without saying whose they are.
   * @throws JikjiError `chat-template` where the process does not end or crashes
   */
  render(rendering: Omit<Rendering, 'template'>): Promise<Rendered[]> {
    const rendered = this.#last.then(() => this.#renderNow(rendering));
    this.#last = rendered.then(
      () => {},
      () => {},
    );
    return rendered;
  }

  #renderNow(rendering: Omit<Rendering, 'template'>): Promise<Rendered[]> {
    const { template, seconds = MAX_SECONDS } = this.#source;
    if (instead.rendered) return Promise.resolve(instead.rendered({ template, ...structuredClone(rendering) }));
    this.#child ??= startChild(childScript(import.meta.url, 'chat-template'), sandboxSettings());
    const child = this.#child;
    child.ref();
    child.channel?.ref();
    return new Promise((resolve, reject) => {
      const fail = (what: string): void => {
        done();
        this.close();
        reject(this.broken(what));
      };
      const onMessage = (rendered: Rendered[]): void => {
        done();
        resolve(rendered);
      };
      const onClose = () => fail(LIMITS[1]);
      const onError = (error: Error): void => {
        done();
        reject(error);
      };
      const timer = setTimeout(() => fail(`${LIMITS[0]} ${seconds} s`), seconds * 1000);
      const done = (): void => {
        clearTimeout(timer);
        child.off('message', onMessage).off('close', onClose).off('error', onError);
        // Between two renderings the child must not keep this process alive.
        child.unref();
        child.channel?.unref();
      };
      child.on('message', onMessage).on('close', onClose).on('error', onError);
      child.stderr?.resume();
      child.send({ template, ...rendering } satisfies Rendering, () => {}); // `close` reports the end of the child
    });
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}
