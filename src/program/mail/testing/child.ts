// A process that a test can kill: sends what is due, until it has sent one notice. usage: node testing/child.ts '{"where":...,"settings":...,"origin":...,"now":...}'

import { setImmediate as turn } from 'node:timers/promises';
import { openStore } from '../../database/index.ts';
import { Mail } from '../mail.ts';

const { where, settings, origin, now } = JSON.parse(process.argv[2]!);
const store = await openStore(where);
const mail = new Mail({ store, settings, origin, now: () => new Date(now) });
// The lock of a process that was killed is there until its server has noticed.
while ((await mail.sendDue()).sent === 0) await turn();
await store.close();
