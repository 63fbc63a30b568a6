// Reasons that Slurm gives, in words.

import { expect, test } from 'vitest';
import { describeLimit } from './account-limits.ts';

test.each([
  ['AssocGrpCPUMinutesLimit', 'its account has no hours left'],
  ['AssocGrpGRESMinutes', 'its account has no hours left'],
  ['AssocGrpWallLimit', 'its account has no hours left'],
  ['QOSGrpBillingMinutes', 'its quality of service has no hours left'],
  ['AssocGrpCPURunMinutesLimit', 'running jobs may still need all the hours that its account has left'],
  ['AssocMaxCpuMinutesPerJobLimit', 'it asks for more hours than its account allows one job'],
  ['QOSMaxWallDurationPerJobLimit', 'it asks for more hours than its quality of service allows one job'],
  ['AssocMaxNodePerJobLimit', 'it asks for more resources than its account allows one job'],
  ['AssocGrpNodeLimit', 'its account already uses all that it may use at once'],
  ['QOSMaxJobsPerUserLimit', 'its quality of service already uses all that it may use at once'],
  ['Resources', undefined],
  ['QOSNotAllowed', undefined],
  ['None', undefined],
])('%s', (reason, words) => expect(describeLimit(reason)).toBe(words));
