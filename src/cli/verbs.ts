// The verbs in the order of the help, with what the help of all says of each. The module of a verb is imported when it is called: nobody
// waits for the modules of the others.

import type { Command } from 'commander';
import type { Output } from './output.ts';

type Add = (program: Command, output: Output, version: string) => void;

export interface Verb {
  name: string;
  /** What it takes, as commander writes it. */
  argument?: string;
  /** One line of the help of all verbs. */
  summary: string;
  /** Whether the help of all leaves it out. */
  hidden?: boolean;
  load: () => Promise<Add>;
}

export const VERBS: readonly Verb[] = [
  {
    name: 'make',
    argument: '<recipe>',
    summary: 'run a recipe to its end: text, tokenizer, training, model',
    load: async () => (await import('./make.ts')).addMake,
  },
  {
    name: 'sweep',
    argument: '<recipe>',
    summary: 'runs of a recipe over a grid of values, with the spread over seeds',
    load: async () => (await import('./sweep.ts')).addSweep,
  },
  {
    name: 'init',
    argument: '[dir]',
    summary: 'write a recipe for the texts in a folder',
    load: async () => (await import('./init.ts')).addInit,
  },
  {
    name: 'sample',
    argument: '<model>',
    summary: 'continue a text with a model',
    load: async () => (await import('./sample.ts')).addSample,
  },
  {
    name: 'chat',
    argument: '<model>',
    summary: 'talk with a model in the terminal',
    load: async () => (await import('./chat.ts')).addChat,
  },
  {
    name: 'serve',
    argument: '<model...>',
    summary: "answer requests over HTTP, as OpenAI's clients send them",
    load: async () => (await import('./serve.ts')).addServe,
  },
  {
    name: 'eval',
    argument: '<model>',
    summary: 'score a model on tasks',
    load: async () => (await import('./eval.ts')).addEval,
  },
  {
    name: 'export',
    argument: '<model>',
    summary: 'write a model that others can load',
    load: async () => (await import('./export.ts')).addExport,
  },
  {
    name: 'inspect',
    argument: '<model>',
    summary: 'look into a model',
    load: async () => (await import('./inspect.ts')).addInspect,
  },
  {
    name: 'runs',
    argument: '[run]',
    summary: 'what was made on this machine',
    load: async () => (await import('./runs.ts')).addRuns,
  },
  {
    name: 'compare',
    argument: '<run...>',
    summary: 'recipes, results and curves of runs, side by side',
    load: async () => (await import('./compare.ts')).addCompare,
  },
  {
    name: 'audit',
    argument: '<run>',
    summary: "check a run's evidence, or an answer's receipt; replay it, bit for bit",
    load: async () => (await import('./audit.ts')).addAudit,
  },
  {
    name: 'bundle',
    argument: '<run>',
    summary: 'what an auditor needs of a run, in one file',
    load: async () => (await import('./bundle.ts')).addBundle,
  },
  {
    name: 'lodge',
    argument: '<file>',
    summary: "an office's counter-signature on a request, a seal or a model, kept in its register",
    load: async () => (await import('./lodge.ts')).addLodge,
  },
  {
    name: 'key',
    summary: 'keys that runs and answers are signed with',
    load: async () => (await import('./key.ts')).addKey,
  },
  {
    name: 'lineage',
    argument: '<suspect>',
    summary: 'whether a model shares weights with others, part by part',
    load: async () => (await import('./lineage.ts')).addLineage,
  },
  {
    name: 'reliance',
    argument: '<run or catalogue>',
    summary: 'what a run rests on, and how much of that is from abroad',
    load: async () => (await import('./reliance.ts')).addReliance,
  },
  {
    name: 'bench',
    summary: 'measure the speed of training or serving on this machine',
    load: async () => (await import('./bench.ts')).addBench,
  },
  {
    name: 'program',
    summary: 'a programme: call, consortia, stages, scores, signed decisions',
    load: async () => (await import('./program/index.ts')).addProgram,
  },
  {
    name: 'console',
    summary: 'programmes and runs in the browser',
    load: async () => (await import('./serving.ts')).addConsole,
  },
  {
    name: 'fleet',
    summary: 'the clusters that make --on uses',
    load: async () => (await import('./fleet.ts')).addFleet,
  },
  { name: 'doctor', summary: 'what this machine can do', load: async () => (await import('./doctor.ts')).addDoctor },
  {
    name: 'start',
    summary: 'make hello, audit it and show it',
    hidden: true,
    load: async () => (await import('./start-verb.ts')).addStart,
  },
];
