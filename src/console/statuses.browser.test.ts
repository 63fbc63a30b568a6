// Every status that a page shows, in a Korean browser: each has its Korean word.

import { expect, test } from 'vitest';
import { describeInBrowser } from '../page-kit/testing/in-browser.ts';
import { englishIn } from './testing/english.ts';
import { inBrowser } from './testing/in-browser.ts';
import type { CallPage, ConsortiumPage, Overview, RunTable, StagePage } from './types.ts';

/** All members of a union: the compiler finds one that is missing. */
const all = <Member extends string>(members: Record<Member, true>) => Object.keys(members) as Member[];

const SUBMISSIONS = ['received', 'audited', 'evaluated', 'refused'];
const CONSORTIA = ['active', 'out: veto', 'out: points', 'out: withdrawn'];
/** Jobs that have ended are not on the page. */
const JOBS = ['queued', 'running'];
const STAGES = all<StagePage['status']>({ open: true, closed: true, decided: true, final: true, recorded: true });
const RUNS = all<RunTable['rows'][number]['state']>({
  ...{ running: true, finished: true, unfinished: true, broken: true, gone: true },
});
const APPLICATIONS = all<CallPage['list'][number]['status']>({
  ...{ received: true, paper: true, presentation: true, rejected: true, selected: true },
});

/** As many copies of a thing as there are statuses. */
const withEach = <Thing extends object, Status>(thing: Thing, statuses: readonly Status[], key: string) =>
  statuses.map((status, i) => ({ ...thing, id: `made-${i}`, [key]: status }));

describeInBrowser('in a Korean browser', () => {
  const here = inBrowser({ locale: 'ko-KR' });
  const expectKorean = async (path: string): Promise<void> => {
    await here.open(path);
    await here.page.waitForFunction(() => !document.querySelector('.spinner'));
    expect(await englishIn(here.page)).toEqual([]);
  };

  test('of consortia, stages and jobs', async () => {
    await here.change('/programmes/practice', (overview: Overview) => {
      overview.jobs = withEach(overview.jobs[0]!, JOBS, 'status').map((job, id) => ({ ...job, id }));
      overview.stages = withEach(overview.stages[0]!, STAGES, 'status');
      overview.consortia = withEach(overview.consortia[0]!, CONSORTIA, 'status');
    });
    await expectKorean('/p/practice');
    expect(await here.page.locator('main a[href*="/stages/made-"]').count()).toBeGreaterThanOrEqual(STAGES.length);
  });

  test.each(CONSORTIA)('of submissions, of a consortium that is %s', async (status) => {
    await here.change('/programmes/practice/consortia/azalea', (team: ConsortiumPage) => {
      team.status = status;
      team.submissions = withEach(team.submissions[0]!, SUBMISSIONS, 'status');
      team.stages = withEach(team.stages[0]!, STAGES, 'status');
    });
    await expectKorean('/p/practice/consortia/azalea');
    expect(await here.page.locator('main a[href*="/submissions/made-"]').count()).toBe(SUBMISSIONS.length);
  });

  test.each([true, false])('of runs, witnessed: %s', async (witnessed) => {
    await here.change('/run-table*', (table: RunTable) => {
      table.rows = withEach({ ...table.rows[0]!, witnessed }, RUNS, 'state');
    });
    await expectKorean('/runs');
    expect(await here.page.locator('main a[href*="/runs/made-"]').count()).toBe(RUNS.length);
  });

  test('of applications', async () => {
    await here.change('/programmes/practice/calls/call-2', (call: CallPage) => {
      call.list = withEach(call.list[0]!, APPLICATIONS, 'status');
    });
    await expectKorean('/p/practice/call');
    expect(await here.page.locator('main a[href*="/applications/made-"]').count()).toBe(APPLICATIONS.length);
  });
});
