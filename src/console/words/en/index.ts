// The console's words in English, from one file for each group of pages. Words only: functions put in what is counted or named.

import { call } from './call.ts';
import { compute } from './compute.ts';
import { frame } from './frame.ts';
import { log } from './log.ts';
import { model } from './model.ts';
import { overview } from './overview.ts';
import { people } from './people.ts';
import { plan } from './plan.ts';
import { ruleBooks } from './rule-books.ts';
import { run } from './run.ts';
import { runs } from './runs.ts';
import { selfReliance } from './self-reliance.ts';
import { stage } from './stage.ts';

export const en = {
  ...frame,
  ...selfReliance,
  ...compute,
  ...overview,
  ...call,
  ...runs,
  ...run,
  ...model,
  ...stage,
  ...ruleBooks,
  ...log,
  ...people,
  ...plan,
};
