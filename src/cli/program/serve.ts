// `jikji program serve`: the API without pages.

import type { Command } from 'commander';
import { calledAs } from '../called-as.ts';
import type { Output } from '../output.ts';
import { type ServingOptions, serveUntilStopped, servingOptions, startServing } from '../serving.ts';

export function addServe(program: Command, output: Output, version: string): void {
  servingOptions(
    program
      .command('serve')
      .summary('the API of programmes, without pages')
      .description(
        'Answers the API of programmes over HTTP, with its OpenAPI document at /api/openapi.json, and audits and evaluates what is submitted.',
      ),
  )
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} program serve --database postgres://office@db/programme`)
    .action(async (options: ServingOptions) => {
      await serveUntilStopped(output, await startServing(options, false, version), { what: 'The API is at' });
    });
}
