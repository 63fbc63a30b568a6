// The process in which data files and templates of others are read and run: it may do nothing but compute and answer its
// parent, and is killed when it takes too long. Its memory is bounded by the flags it is started with.

import { type Job, render, type Told } from './render.ts';

const tell = (told: Told): Promise<void> =>
  new Promise((resolve, reject) => process.send!(told, (error: Error | null) => (error ? reject(error) : resolve())));

process.once('message', (job: Job) => {
  render(job, tell).then(
    () => process.disconnect(),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
      process.exit(70);
    },
  );
});
process.once('disconnect', () => process.exit());
