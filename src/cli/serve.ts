// `jikji serve MODEL...`: answers OpenAI's clients with models, until it is stopped.

import { basename, dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { JikjiError } from '../base/index.ts';
import { type AddressOptions, addressOf, addressOptions } from './address-options.ts';
import { calledAs } from './called-as.ts';
import { serveUntilInterrupted } from './interrupt.ts';
import { openSigner } from './key.ts';
import { defaultThreads, parseThreads, threadsOption, wholeNumber } from './option-values.ts';
import { note, type Output } from './output.ts';
import { readTextFile } from './read-text-file.ts';
import { serve } from './rooms.ts';

const PORT = 8080;
const KEEP_RECEIPTS = 100_000;

interface Options extends AddressOptions {
  apiKey?: string;
  allowOrigin?: string[];
  texts: number;
  queue: number;
  maxSeconds: number;
  speculate?: boolean;
  receipts?: string;
  keepReceipts?: number;
  keepTexts?: boolean;
  threads: number;
}

/** `NAME=PATH`, or a path that gives its own name: a run's where it is a run's model. */
function modelOf(text: string): { name: string; folder: string } {
  const named = /^([\w.:@-]+)=(.+)$/.exec(text);
  if (named) return { name: named[1]!, folder: named[2]! };
  const path = resolve(text);
  const own = basename(path).replace(/\.gguf$/i, '');
  return { name: own === 'model' ? basename(dirname(path)) : own, folder: text };
}

/** @throws JikjiError `usage`, `key-...` */
async function receiptsOf({ receipts: key, keepReceipts: keep, keepTexts = false }: Options) {
  if (key !== undefined) return { signer: await openSigner(key), keep: keep ?? KEEP_RECEIPTS, keepTexts };
  const alone = keep === undefined ? (keepTexts ? '--keep-texts' : undefined) : '--keep-receipts';
  if (alone === undefined) return undefined;
  throw new JikjiError('usage', `${alone} belongs to --receipts`, alone, 'give --receipts KEY too');
}

export function addServe(program: Command, output: Output): void {
  const verb = program
    .command('serve')
    .description(
      `Opens models and answers /v1/completions, /v1/chat/completions and /v1/models, streaming or not. The same model, prompt, parameters
and seed give the same answer, whoever else is asking. It listens on this machine alone where nothing else is said.`,
    )
    .argument('<model...>', 'run folders, Hugging Face model folders or GGUF files; NAME=PATH gives one another name');
  addressOptions(verb, PORT)
    .option(
      '--allow-origin <url>',
      'pages of this origin may ask, such as https://app.example (several times)',
      (url: string, before: string[] = []) => [...before, url],
    )
    .option('--api-key <file>', `who may ask: lines that ${calledAs()} key api writes`)
    .option(
      '--texts <n>',
      'texts at a time with a whole context each, of each model',
      wholeNumber('--texts', 1, 256),
      8,
    )
    .option(
      '--queue <n>',
      'texts that may wait, of each model; more are told to come back',
      wholeNumber('--queue', 1, 100_000),
      64,
    )
    .option('--max-seconds <n>', 'for one answer', wholeNumber('--max-seconds', 1, 86_400), 600)
    .option('--speculate', 'guess tokens by what the text had before; changes no token')
    .option('--receipts <key>', `sign what is answered, by a key of ${calledAs()} key new, so that it can be audited`)
    .option(
      '--keep-receipts <n>',
      `the newest receipts that are kept (default: ${KEEP_RECEIPTS})`,
      wholeNumber('--keep-receipts', 1, 100_000_000),
    )
    .option('--keep-texts', 'keep requests and answers beside their receipts; without it digests alone')
    .option(threadsOption[0], 'threads of each model', parseThreads, defaultThreads())
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} serve runs/hello\n  $ curl http://localhost:${PORT}/v1/completions -H 'Content-Type: application/json' \\\n      -d '{"model": "hello", "prompt": "The people of", "max_tokens": 20}'`,
    )
    .action(async (models: string[], options: Options) => {
      const { ApiKeys, serveModels } = await serve();
      const file = options.apiKey;
      const receipts = await receiptsOf(options);
      const server = await serveModels({
        ...addressOf(options, PORT),
        models: models.map(modelOf),
        ...(file !== undefined && { keys: new ApiKeys(readTextFile(file), file) }),
        allowedOrigins: options.allowOrigin,
        threads: options.threads,
        texts: options.texts,
        maxWaiting: options.queue,
        maxSeconds: options.maxSeconds,
        guesses: options.speculate === true,
        receipts,
        onOpening: (name) => note(`Opening ${name} ...`),
      });
      const signedBy = receipts?.signer.fingerprint;
      output.result({ url: server.url, models: server.models, receipts: signedBy ?? null }, () => {
        output.line(`${server.models.join(', ')} at ${output.style('bold', `${server.url}/v1`)}`);
        if (signedBy !== undefined) output.line(`Receipts are signed by ${signedBy}`);
        output.line('Ctrl-C ends it, after the answers that are under way.');
      });
      await serveUntilInterrupted(server, () => output.line('\nStopping.'));
    });
}
