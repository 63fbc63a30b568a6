// Compute of a programme: chips and their sites, allotments, usage and its origin.

import { Loaded } from '../parts/loaded.tsx';
import { Empty, Page, Section } from '../parts/page.tsx';
import { useConsole } from '../state/context.ts';
import { useData, useThrottled } from '../state/data.ts';
import { useLive } from '../state/live.ts';
import { useIsRecord } from '../state/record.ts';
import { pathOf } from '../state/router.ts';
import type { ComputePage } from '../types.ts';
import { Accounts } from './compute/accounts.tsx';
import { Chips } from './compute/chips.tsx';
import { EnterUsage } from './compute/enter-usage.tsx';
import { Places } from './compute/places.tsx';

export default function Compute({ programme }: Record<string, string>) {
  const { words, me } = useConsole();
  const w = words.compute;
  const base = `/programmes/${encodeURIComponent(programme)}`;
  const data = useData<ComputePage>(`${base}/compute`);
  useLive(data.value ? `${base}/events` : null, ['entries'], useThrottled(data.again, 500));
  const isRecord = useIsRecord();
  const mayEdit = me.viewer.role === 'office' && !isRecord;
  return (
    <Page
      over={<a href={pathOf('overview', { programme })}>{words.nav.overview}</a>}
      title={words.nav.compute}
      lead={w.lead}
      actions={
        <>
          <a class="button" href={pathOf('plan', { programme })}>
            {words.nav.plan}
          </a>
          {mayEdit && data.value && (
            <>
              <a class="button" href={pathOf('catalogue', { programme })}>
                {words.catalogue.title}
              </a>
              <a class="button" href={pathOf('allotments', { programme })}>
                {words.allotments.title}
              </a>
              <a class="button" href={pathOf('metering', { programme })}>
                {words.metering.title}
              </a>
              <EnterUsage base={base} page={data.value} onDone={data.again} />
            </>
          )}
        </>
      }
    >
      <Loaded data={data}>
        {(page) => (
          <div class="stack">
            {page.catalogue === null && <Empty text={words.valueChain.none} hint={words.valueChain.noneHint} />}
            <Section title={w.accounts} lead={w.accountsLead}>
              <Accounts programme={programme} page={page} onCorrected={mayEdit ? data.again : undefined} />
            </Section>
            {page.catalogue !== null && (
              <>
                <Section title={w.chips} lead={w.chipsLead}>
                  <Chips programme={programme} page={page} />
                </Section>
                <Places page={page} />
              </>
            )}
          </div>
        )}
      </Loaded>
    </Page>
  );
}
