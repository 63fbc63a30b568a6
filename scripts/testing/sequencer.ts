// The order of the test files: those of one project together, for their process is kept only while the next file is of the same project;
// within it, as among projects, what takes longest first, by the table that `npm run test-times` writes.

import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { secondsOfFiles } from '../test-times.ts';

export default class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = secondsOfFiles();
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
