// Where the log-in provider sends a browser back. What it brings is removed from the address bar at once, and handed in.

import { useEffect, useState } from 'preact/hooks';
import { Busy, Failed } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { post } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { useAction } from '../state/data.ts';
import { takeLeaving } from '../state/openid.ts';
import { navigate, ownPath, pathOf } from '../state/router.ts';
import type { OpenIdDone } from '../types.ts';

const PARTS = ['state', 'code', 'iss', 'error'] as const;

function takeReturned(): Record<string, string> {
  const query = new URLSearchParams(window.location.search);
  history.replaceState(null, '', window.location.pathname);
  return Object.fromEntries(PARTS.flatMap((name) => (query.has(name) ? [[name, query.get(name)!]] : [])));
}

export default function OpenIdPage() {
  const { words, renew } = useConsole();
  const w = words.openid;
  const [returned] = useState(takeReturned);
  const [{ next, accept }] = useState(takeLeaving);
  const finish = useAction(async () => {
    await post<OpenIdDone>('/openid/finish', { ...returned, ...(accept && { accept }) });
    renew();
    navigate(ownPath(next), 'replace');
  });
  const isEmpty = returned.state === undefined;
  // Dependencies: once
  useEffect(() => {
    if (!isEmpty) finish.run();
  }, []);
  return (
    <Page title={w.title} lead={isEmpty ? w.nothing : undefined}>
      {finish.busy && <Busy />}
      <Failed of={finish.failure} />
      {(isEmpty || finish.failure) && (
        <p>
          <a href={pathOf('logIn', {})}>{w.again}</a>
        </p>
      )}
    </Page>
  );
}
