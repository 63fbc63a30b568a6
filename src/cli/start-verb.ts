// `npm start` (a verb that --help does not list): makes `hello` or resumes it, audits it once, shows what the model writes, and opens its
// playground in the console, beside both example programmes. Without a terminal it prints the next commands instead.

import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { Audit, AuditSummary } from '../audit/index.ts';
import { count, JikjiError, shellWord } from '../base/index.ts';
import { auditWithProgress, describeAudit } from './audit.ts';
import { calledAs } from './called-as.ts';
import { describeResult, makeWithProgress } from './make.ts';
import { defaultThreads, parseThreads, threadsOption } from './option-values.ts';
import { type Output, requireHolds } from './output.ts';
import { OFFICE_KEY, signerOrNew } from './program/office-key.ts';
import { byOffice, locationOf } from './program/opened.ts';
import { audit as auditRoom, foundry, program as programRoom, runFolder, runId } from './rooms.ts';
import { serveUntilStopped, startServing } from './serving.ts';

/** Prompts that match the texts of `hello`: speeches, and Korean texts about software. Its playground begins with the first or the last. */
const PROMPTS = ['The people of the United States', 'My fellow Americans,', '이 옵션을 사용하면'];

const inProject = (path: string) =>
  relative(process.cwd(), fileURLToPath(new URL(`../../${path}`, import.meta.url))) || '.';

/** The example programmes of the console, each in a folder beside the runs; the first keeps the users. */
const EXAMPLES = ['practice', 'korea-2025'] as const;

/** Makes the databases of examples that do not exist yet. `busy`: a console has them open already. */
async function createExamples(output: Output): Promise<{ folders: string[]; busy: boolean }> {
  const room = await programRoom();
  const folders = EXAMPLES.map((name) => inProject(`runs/console/${name}`));
  for (const [i, name] of EXAMPLES.entries()) {
    const { where, files } = locationOf(folders[i]);
    try {
      const programme = await room.Programme.open(where);
      try {
        const signer = () => signerOrNew(OFFICE_KEY, (text) => output.line(text));
        if (programme.tables.all('programmes').length === 0)
          await room.ACTS.takeExample.run(
            programme,
            { example: name },
            { ...byOffice(room, programme, files), signer },
          );
      } finally {
        await programme.close();
      }
    } catch (error) {
      if (error instanceof JikjiError && error.code === 'locked') return { folders, busy: true };
      throw error;
    }
  }
  return { folders, busy: false };
}

async function summaryOf(audit: Audit): Promise<AuditSummary> {
  const { claimOf, standingOf } = await auditRoom();
  const standing = standingOf(audit);
  return { ...standing, claim: claimOf(standing, 'en'), time: new Date().toISOString() };
}

/** Audits a run, or says what the last start has found of it; one that held then is not audited again. */
async function auditOnce(output: Output, out: string, threads: number): Promise<AuditSummary> {
  const { lastAudit, noteAudit } = await auditRoom();
  const last = lastAudit(out);
  if (last) {
    output.line(`\nIts audit of ${last.time.slice(0, 10)}: ${last.claim.word}. Nothing was checked now.`);
    output.line(`  ${calledAs()} audit ${shellWord(out)} --fetch audits it again.`);
    return last;
  }
  output.line('\nAuditing it, as anyone with the run folder could:');
  // The tarballs lie in the cache since the texts were read: the corpus is built again from them.
  const audit = await auditWithProgress(output, out, { threads, fetch: true });
  if (!output.json) await describeAudit(output, out, audit, { fetch: true });
  const summary = await summaryOf(audit);
  if (audit.verdict === 'holds') noteAudit(out, summary);
  return summary;
}

/** Whether a person is likely to look at pages. */
const isInteractive = (output: Output): boolean => process.stdout.isTTY && process.env.CI !== 'true' && !output.json;

export function addStart(program: Command, output: Output, version: string): void {
  program
    .command('start', { hidden: true })
    .description(
      'Makes recipes/hello.yaml into runs/hello, audits it, shows three continuations, and opens its playground in the console.',
    )
    .option(threadsOption[0], threadsOption[1], parseThreads, defaultThreads())
    .addHelpText('after', '\nExample:\n  $ npm start')
    .action(async ({ threads }: { threads: number }) => {
      const file = inProject('recipes/hello.yaml');
      const out = inProject('runs/hello');
      const recipe = (await foundry()).readRecipe(file);
      const before = (await runFolder()).readRun(fileURLToPath(new URL('../../runs/hello', import.meta.url)));
      let result: unknown = before;
      if (before.state === 'finished') {
        const bits = before.valBitsPerByte === null ? '' : `, ${before.valBitsPerByte.toFixed(3)} bits per byte`;
        output.line(`${out} is finished already: ${count(before.stepsDone ?? 0)} steps${bits}.`);
      } else {
        const resume = before.state === 'unfinished' || before.state === 'running';
        output.line(
          resume
            ? `Going on with ${out} at step ${count(before.stepsDone ?? 0)} of ${count(recipe.train.steps)}.`
            : `Making a language model from scratch: ${file} becomes ${out}. Ctrl-C saves, npm start goes on.`,
        );
        const making = { recipe, recipeFolder: dirname(file), out, threads, resume };
        const made = await makeWithProgress(output, making).catch((error: unknown) => {
          if (!(error instanceof JikjiError) || error.code !== 'interrupted') throw error;
          throw error.reworded({ hint: 'npm start goes on' });
        });
        if (!output.json) describeResult(output, recipe, made);
        result = made;
      }

      const audit = await auditOnce(output, out, threads);
      const { sampleModel } = await foundry();
      const continuations: { prompt: string; text: string }[] = [];
      output.line('\nWhat it says (a very small model, minutes old):');
      for (const prompt of PROMPTS) {
        const { text } = await sampleModel({
          model: out,
          prompt,
          maxTokens: 40,
          temperature: 0.5,
          topK: 0,
          topP: 0.9,
          seed: 1377,
          threads,
          onText: () => {},
        });
        continuations.push({ prompt, text });
        output.line(`  ${output.style('bold', prompt)}${text.replace(/\s+/g, ' ')}`);
      }
      const { folders: databases, busy } = await createExamples(output);
      const look = databases.flatMap((folder) => ['--database', shellWord(folder)]).join(' ');
      output.result({ run: result, audit, continuations }, () => {
        const jikji = calledAs();
        output.line('\nNext:');
        for (const [command, what] of [
          [`${jikji} console ${look}`, 'it and two programmes in the browser, with a link to log in'],
          [`${jikji} sample ${shellWord(out)} --prompt "..."`, 'let it continue a text of yours'],
          [`${jikji} make ${shellWord(inProject('recipes/hello-chat.yaml'))}`, 'teach it to answer questions: minutes'],
          [`${jikji} audit ${shellWord(out)} --report report.html`, 'the evidence as a page to show around'],
          [`${jikji} init FOLDER`, 'a recipe for your own texts'],
          [`${jikji} bench`, 'how fast this machine trains'],
          [`${jikji} --help`, 'everything else'],
        ]) {
          output.line(`  ${command.padEnd(48)}  ${output.style('dim', what)}`);
        }
      });
      requireHolds(audit.verdict);
      if (!isInteractive(output)) return;
      output.line();
      if (busy) return output.line('The console is open already, in another terminal.');
      const server = await startServing({ database: databases, host: '127.0.0.1', threads }, true, version);
      const open = `/runs/${await runId(resolve(out))}/playground`;
      await serveUntilStopped(output, server, {
        what: 'Let the model go on with a sentence, at',
        open,
        users: databases[0],
      });
    });
}
