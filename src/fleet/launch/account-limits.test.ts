// Reasons of Slurm's in words.

import { expect, test } from 'vitest';
import { describeLimit } from './account-limits.ts';

test.each([
  ['AssocGrpCPUMinutesLimit', 'its account has no hours left'],
  ['AssocGrpGRESMinutes', 'its account has no hours left'],
  ['AssocGrpWallLimit', 'its account has no hours left'],
  ['QOSGrpBillingMinutes', 'its quality of service has no hours left'],
  ['AssocGrpCPURunMinutesLimit', 'jobs that run may still need all the hours that its account has left'],
  ['AssocMaxCpuMinutesPerJobLimit', 'it asks for more hours than its account lets one job have'],
  ['QOSMaxWallDurationPerJobLimit', 'it asks for more hours than its quality of service lets one job have'],
  ['AssocMaxNodePerJobLimit', 'it asks for more at once than its account lets one job have'],
  ['AssocGrpNodeLimit', 'its account has as much at once as it may'],
  ['QOSMaxJobsPerUserLimit', 'its quality of service has as much at once as it may'],
  ['Resources', undefined],
  ['QOSNotAllowed', undefined],
  ['None', undefined],
])('%s', (reason, words) => expect(describeLimit(reason)).toBe(words));
