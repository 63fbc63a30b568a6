// Self-reliance of a programme: the home share of its value chain, the origin of each figure, and the what-if. The choices are in the
// address.

import { Loaded } from '../parts/loaded.tsx';
import { Empty, Page } from '../parts/page.tsx';
import { Patterns } from '../parts/places.tsx';
import { choiceOf, ofQuery, searchOf, withoutQuery } from '../state/choice.ts';
import { useConsole } from '../state/context.ts';
import { useData, useLastValue, useThrottled } from '../state/data.ts';
import { useLive } from '../state/live.ts';
import { useObservable } from '../state/observable.ts';
import { navigate, pathOf, search } from '../state/router.ts';
import type { Overview, ReliancePage, ValueChain, WhatIfPage } from '../types.ts';
import { Formula } from './reliance/formula.tsx';
import { Course } from './reliance/history.tsx';
import { Layers } from './reliance/layers.tsx';
import { Overall } from './reliance/overall.tsx';
import type { Choosing } from './reliance/shared.ts';
import { Smallest } from './reliance/smallest.tsx';
import { WhatIf } from './reliance/what-if.tsx';

export default function Reliance({ programme }: Record<string, string>) {
  const { words } = useConsole();
  const w = words.reliance;
  const base = `/programmes/${encodeURIComponent(programme)}`;
  const choice = choiceOf(useObservable(search));
  const choosing: Choosing = {
    choice,
    choose: (next) => navigate(`${pathOf('reliance', { programme })}${searchOf({ ...choice, ...next })}`, 'replace'),
  };
  const data = useData<ReliancePage>(`${base}/reliance${ofQuery(choice)}`);
  const last = useLastValue(data.value);
  const there = last !== undefined && last.catalogue !== null;
  const answer = useData<WhatIfPage>(there ? `${base}/reliance/what-if${withoutQuery(choice)}` : null);
  const chain = useData<ValueChain>(there ? `${base}/reliance/chain` : null);
  const uses = useLastValue(answer.value)?.about ?? [];
  // Only for the names of the consortia.
  const overview = useData<Overview>(base);
  const consortia = overview.value?.consortia ?? [];
  const renew = useThrottled(() => {
    data.again();
    answer.again();
    chain.again();
  }, 500);
  useLive(there ? `${base}/events` : null, ['entries'], renew);
  return (
    <Page
      over={<a href={pathOf('overview', { programme })}>{words.nav.overview}</a>}
      title={words.nav.reliance}
      lead={w.lead}
    >
      <Patterns />
      <Loaded data={{ ...data, value: last }}>
        {(page) =>
          page.index === null ? (
            <Empty text={w.unread} hint={words.valueChain.noneHint} />
          ) : (
            <div class="stack" aria-busy={data.value === undefined}>
              <Overall
                programme={programme}
                page={page}
                index={page.index}
                uses={uses}
                consortia={consortia}
                {...choosing}
              />
              <WhatIf
                programme={programme}
                base={base}
                chain={chain}
                answer={answer}
                consortia={consortia}
                {...choosing}
              />
              <Layers index={page.index} page={page} />
              <Smallest programme={programme} base={base} uses={uses} choose={choosing.choose} />
              {choice.of?.kind !== 'use' && <Course page={page} index={page.index} />}
              <Formula home={page.home} />
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}
