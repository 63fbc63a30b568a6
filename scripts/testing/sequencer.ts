// The order of the test files: those of one project together, for their process is only kept while the next file is of the same project;
// within it, as among projects, what takes longest first, by the table that `npm run test-times` writes.

import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Processor seconds of each file. */
function secondsByFile(): Map<string, number> {
  const table = readFileSync(new URL('../test-times.tsv', import.meta.url), 'utf8');
  const rows = table.split('\n').map((line) => line.split('\t'));
  return new Map(
    rows.filter(([, test]) => test === '').map(([file, , own, children]) => [file!, Number(own) + Number(children)]),
  );
}

export default class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = secondsByFile();
    const of = (file: TestSpecification) => seconds.get(file.moduleId.slice(this.ctx.config.root.length + 1)) ?? 0;
    const projects = new Map<string, number>();
    for (const file of files) projects.set(file.project.name, (projects.get(file.project.name) ?? 0) + of(file));
    const ofProject = (file: TestSpecification) => projects.get(file.project.name)!;
    return files.toSorted(
      (a, b) =>
        ofProject(b) - ofProject(a) ||
        a.project.name.localeCompare(b.project.name) ||
        of(b) - of(a) ||
        a.moduleId.localeCompare(b.moduleId),
    );
  }
}
