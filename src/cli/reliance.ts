// `jikji reliance RUN or CATALOGUE`: the value chain of a run, of serving its model, or of a whole catalogue, layer by layer: the home
// share, and what happens without a supplier or a country.

import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { parseCountry } from '../formats/index.ts';
import { calledAs } from './called-as.ts';
import { reportCatalogue } from './catalogue-reliance.ts';
import { collect } from './option-values.ts';
import type { Output } from './output.ts';
import { reliancePage } from './reliance-page.ts';
import { type RelianceOptions, relianceOf } from './reliance-report.ts';

export function addReliance(program: Command, output: Output): void {
  program
    .command('reliance')
    .description(
      'Tells the value chain of a run from its evidence, layer by layer: chip, memory, server, data center, cloud, software, data,\nweights. What nobody recorded is not known, and never counts as home. docs/reliance.md has the formula.',
    )
    .argument('<run or catalogue>', 'a run folder, or a catalogue: all that is made and served in it')
    .option('--on <cluster or chip>', 'as if on this one of the catalogue, whatever the record says')
    .option('--serve', 'the serving of its model instead: where and with what is not in the record')
    .option(
      '--catalogue <file>',
      'a catalogue beside the one that comes with Jikji; may be given several times',
      collect,
    )
    .option('--cyclonedx <file>', 'its software: a bill of materials in JSON; may be given several times', collect)
    .option('--lock <file>', 'its software: a package-lock.json')
    .option(
      '--home <country>',
      'what counts as home (default: by the catalogues, else KR); may be given several times',
      (text: string, earlier?: string[]) => collect(parseCountry(text, `--home ${text}`), earlier),
    )
    .option('--maker-country <country>', 'of whoever made the weights', (text: string) =>
      parseCountry(text, `--maker-country ${text}`),
    )
    .option('--rules <file>', 'a rule book: its floors and weights make the score')
    .option(
      '--without <supplier or country>',
      'what if it falls away; may be given several times: all of them together',
      collect,
    )
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} reliance runs/hello --maker-country KR --without US\n  $ ${calledAs()} reliance runs/hello --on titan --catalogue programs/korea-2025/value-chain.yaml --without nvidia\n  $ ${calledAs()} reliance runs/hello --serve --on rebellions-rebel100\n  $ ${calledAs()} reliance programs/korea-2025/value-chain.yaml --without nvidia`,
    )
    .action(async (target: string, given: Partial<RelianceOptions>) => {
      const options = { catalogue: [], cyclonedx: [], home: [], without: [], ...given };
      if (statSync(target, { throwIfNoEntry: false })?.isFile()) return reportCatalogue(target, options, output);
      const found = await relianceOf(target, options);
      output.result(found, () => {
        output.lines(reliancePage(found, Math.min(100, output.progress.columns ?? 80)));
      });
    });
}
