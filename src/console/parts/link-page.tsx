// A page that a one-time link opens: it asks what the link is for, and shows that, or that the link does not work any more.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { post } from '../state/api.ts';
import { type Action, useAction } from '../state/data.ts';
import { takeToken } from '../state/link-token.ts';
import { Busy, Failed } from './loaded.tsx';
import { Empty, Page } from './page.tsx';

interface Link<T> {
  /** Empty where the page was opened without a link. */
  token: string;
  /** Undefined until it is known. */
  found: T | undefined;
  /** Whether the server knows no such link, or no longer. */
  gone: boolean;
  look: Action<[]>;
}

/** Takes the token out of the address and asks `path` what it is for. `unknown`: the error code that says that there is no such link. */
export function useLink<T>(path: string, unknown: string): Link<T> {
  const [token] = useState(takeToken);
  const [found, setFound] = useState<T>();
  const look = useAction(async () => setFound(await post<T>(path, { token })));
  // Dependencies: once
  useEffect(() => {
    if (token !== '') look.run();
  }, []);
  return { token, found, gone: look.failure?.code === unknown, look };
}

interface LinkPageProps {
  of: Link<unknown>;
  title: string;
  lead: string | undefined;
  words: { broken: string; ask: string };
  children: ComponentChildren;
}

/** `children`: the content of a card, once the link is known. */
export function LinkPage({ of: { found, gone, look }, title, lead, words, children }: LinkPageProps) {
  return (
    <Page title={title} lead={lead}>
      {gone ? (
        <div role="alert">
          <Empty text={words.broken} hint={words.ask} />
        </div>
      ) : (
        <Failed of={look.failure} again={() => look.run()} />
      )}
      {look.busy && <Busy />}
      {found !== undefined && <div class="card alone-card">{children}</div>}
    </Page>
  );
}
