// llama.cpp from the package node-llama-cpp: installs it into a separate folder, and gets token ids and probabilities from it. Only the
// build for Linux on x64 without a graphics card: all builds together are 600 MB.

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const VERSION = '3.21.1';

/** Installs it into `folder` with npm; runs none of its scripts. */
export function installPeer(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const dependencies = { 'node-llama-cpp': VERSION, '@node-llama-cpp/linux-x64': VERSION };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  const flags = ['--ignore-scripts', '--omit=optional', '--omit=peer', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = spawnSync('npm', ['install', ...flags], { cwd: folder, stdio: ['ignore', 2, 2] });
  if (status !== 0)
    throw new Error(`npm install node-llama-cpp@${VERSION}: ${error?.message ?? `exit code ${status}`}`);
}

/** The folder of its shared libraries. */
export const librariesOf = (folder: string): string =>
  join(folder, 'node_modules/@node-llama-cpp/linux-x64/bins/linux-x64');

export interface Next {
  /** Probabilities by id, the likeliest first. */
  probabilities: Map<number, number>;
}

export interface PeerModel {
  /** Ids of a text; none is added. */
  encode(text: string, special: boolean): number[];
  bos: number;
  eos: number;
  bosText: string;
  eosText: string;
  prependsBos: boolean;
  /** As the file has it. */
  chatTemplate: string | undefined;
  /** Whether generation ends with this token. */
  ends(id: number): boolean;
  vocabularySize: number;
  /** After each of the ids, from an empty context on: what comes next. `told` gets them one by one, since they are large. */
  next(ids: readonly number[], told: (index: number, next: Next) => void): Promise<void>;
  close(): Promise<void>;
}

/** Opens GGUF files with what `installPeer` installed. */
export async function startPeer(folder: string, threads: number) {
  const { getLlama } = await import(pathToFileURL(join(folder, 'node_modules/node-llama-cpp/dist/index.js')).href);
  const logger = (level: string, text: string) => console.error(`llama.cpp, ${level}: ${text.trimEnd()}`);
  const never = { build: 'never', skipDownload: true, progressLogs: false };
  const llama = await getLlama({ gpu: false, ...never, logLevel: 'error', logger, maxThreads: threads });
  const open = async (modelPath: string, contextSize: number): Promise<PeerModel> => {
    const model = await llama.loadModel({ modelPath, gpuLayers: 0 });
    // Keys and values in float32; the default, float16, would not compare the same arithmetic.
    const context = await model.createContext({
      contextSize: contextSize + 8, // in a full one it drops the beginning
      batchSize: contextSize,
      sequences: 1,
      flashAttention: false,
      threads,
      experimentalKvCacheKeyType: 'F32',
      experimentalKvCacheValueType: 'F32',
    });
    const sequence = context.getSequence();
    return {
      encode: (text, special) => [...model.tokenize(text, special)],
      bos: model.tokens.bos,
      eos: model.tokens.eos,
      bosText: model.tokens.bosString,
      eosText: model.tokens.eosString,
      chatTemplate: model.fileInfo.metadata.tokenizer.chat_template,
      ends: (id) => model.isEogToken(id),
      prependsBos: model.tokens.shouldPrependBosToken,
      vocabularySize: model.fileInfo.metadata.tokenizer.ggml.tokens.length,
      async next(ids, told) {
        await sequence.clearHistory();
        const all = ids.map((id) => [id, { generateNext: { probabilities: true } }]);
        const onTokenResult = (index: number, result: { next: Next }) => {
          told(index, result.next);
          result.next.probabilities = new Map(); // its results are kept in a list
        };
        await sequence.controlledEvaluate(all, { onTokenResult });
      },
      close: () => model.dispose(),
    };
  };
  return { open, close: (): Promise<void> => llama.dispose() };
}
