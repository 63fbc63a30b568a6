// A worker in a separate process that kills itself at an event. In a new database it opens a stage and submits first.
// usage: node testing/worker.ts DATABASE FILES SUBMISSION EVENT

import { Programme } from '../../programme/index.ts';
import { submit, work } from '../index.ts';
import { openStage } from './intake.ts';

const [database, files, path, at] = process.argv.slice(2) as [string, string, string, string];
const programme = await Programme.open({ folder: database });
if (programme.head.seq === 0) {
  await openStage(programme, 1, {});
  await submit(programme, files, { path, stage: 's1', consortium: 'c', actor: 'consortium:c' });
}
await work(programme, files, {
  untilEmpty: true,
  onEvent: (event) => {
    if (`${event.kind} ${'work' in event ? event.work : 'task' in event ? event.task : ''}`.trim() === at)
      process.kill(process.pid, 'SIGKILL');
  },
});
await programme.close();
