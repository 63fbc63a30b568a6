// A child that is still loading when its parent goes.

import { once } from 'node:events';
import { answer } from '../index.ts';

await once(process, 'disconnect');
answer(async () => {});
