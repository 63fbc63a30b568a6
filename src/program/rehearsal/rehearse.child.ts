// The child process of a rehearsal: opens no database and reads no file of anybody's.

import { answer } from '../../apart/index.ts';
import type { Plan } from './plan.ts';
import { type Rehearsal, rehearse } from './rehearse.ts';

answer<Plan, Rehearsal, number>((plan, tell) => rehearse(plan, (share) => tell(share).catch(() => {})));
