// The root of the console: fetches the viewer, then shows the page of the address inside the frame.

import type { ComponentType } from 'preact';
import { useEffect, useErrorBoundary, useMemo, useState } from 'preact/hooks';
import { formatFor, type Lang } from '../page-kit/index.ts';
import { Frame } from './frame.tsx';
import { Busy, FailureNotice } from './parts/loaded.tsx';
import { Page } from './parts/page.tsx';
import { ConsoleContext, NOBODY, useConsole } from './state/context.ts';
import { useData } from './state/data.ts';
import { useObservable } from './state/observable.ts';
import { location, navigate, pathOf, type Route, routeOf } from './state/router.ts';
import { lang, remembered } from './state/settings.ts';
import type { Me } from './types.ts';
import { loadWords } from './words/load.ts';
import type { Words } from './words/words.ts';

type Loader = () => Promise<{ default: ComponentType<Record<string, string>> }>;

/** Pages are loaded when they are first opened. */
const PAGES: Record<Exclude<Route['page'], 'home'>, Loader> = {
  begin: () => import('./pages/begin.tsx'),
  logIn: () => import('./pages/log-in.tsx'),
  invitation: () => import('./pages/invitation.tsx'),
  reset: () => import('./pages/reset.tsx'),
  openid: () => import('./pages/openid.tsx'),
  address: () => import('./pages/address.tsx'),
  account: () => import('./pages/account.tsx'),
  people: () => import('./pages/people.tsx'),
  runs: () => import('./pages/runs.tsx'),
  run: () => import('./pages/run.tsx'),
  model: () => import('./pages/model.tsx'),
  playground: () => import('./pages/playground.tsx'),
  sweep: () => import('./pages/sweep.tsx'),
  overview: () => import('./pages/overview.tsx'),
  organisations: () => import('./pages/organisations.tsx'),
  call: () => import('./pages/call.tsx'),
  application: () => import('./pages/application.tsx'),
  consortium: () => import('./pages/consortium.tsx'),
  stage: () => import('./pages/stage.tsx'),
  submission: () => import('./pages/submission.tsx'),
  ruleBooks: () => import('./pages/rule-books.tsx'),
  newRuleBook: () => import('./pages/new-rule-book.tsx'),
  ruleBook: () => import('./pages/rule-book.tsx'),
  log: () => import('./pages/log.tsx'),
  access: () => import('./pages/access.tsx'),
  backup: () => import('./pages/backup.tsx'),
  compute: () => import('./pages/compute.tsx'),
  catalogue: () => import('./pages/catalogue.tsx'),
  allotments: () => import('./pages/allotments.tsx'),
  metering: () => import('./pages/metering.tsx'),
  register: () => import('./pages/register.tsx'),
  chip: () => import('./pages/chip.tsx'),
  reliance: () => import('./pages/reliance.tsx'),
  plan: () => import('./pages/plan.tsx'),
};

/** The words of a language, and which one it is. */
interface Spoken {
  lang: Lang;
  words: Words;
}

/** The words of the chosen language; until they are there, those that were shown before. */
function useSpoken(first: Spoken): Spoken {
  const chosen = useObservable(lang);
  const [spoken, speak] = useState(first);
  useEffect(() => {
    let current = true;
    loadWords(chosen).then(
      (words) => current && speak({ lang: chosen, words }),
      // A failed import usually means a newer build on the server.
      () => current && window.location.reload(),
    );
    return () => {
      current = false;
    };
  }, [chosen]);
  return spoken;
}

export function App({ first }: { first: Spoken }) {
  const spoken = useSpoken(first);
  const me = useData<Me>('/me');
  const console = useMemo(
    () => ({ me: me.value ?? NOBODY, renew: me.again, words: spoken.words, format: formatFor(spoken.lang) }),
    [me.value, me.again, spoken],
  );
  return (
    <ConsoleContext.Provider value={console}>
      {me.value ? (
        <Routed />
      ) : (
        <main class="alone">{me.failure ? <FailureNotice failure={me.failure} again={me.again} /> : <Busy />}</main>
      )}
    </ConsoleContext.Provider>
  );
}

/** The target of `/`: the programme viewed last, else the first one, else the page that creates one. */
function homeOf(me: Me): string {
  const last = remembered('programme');
  const programme = me.programmes.find(({ id }) => id === last) ?? me.programmes[0];
  return programme ? pathOf('overview', { programme: programme.id }) : pathOf('begin', {});
}

function Routed() {
  const { me } = useConsole();
  const path = useObservable(location);
  const route = routeOf(path);
  const isHome = route?.page === 'home';
  useEffect(() => {
    if (isHome) navigate(homeOf(me), 'replace');
  }, [isHome, me]);
  return (
    <Frame route={route}>
      {route && route.page !== 'home' ? <Loading key={path} route={route} /> : !isHome && <NotFound />}
    </Frame>
  );
}

function Loading({ route }: { route: Route }) {
  const { words } = useConsole();
  const [Shown, show] = useState<ComponentType<Record<string, string>>>();
  const [broken, setBroken] = useState(false);
  const [error] = useErrorBoundary((error) => globalThis.console.error(error));
  useEffect(() => {
    let current = true;
    // A failed import usually means a newer build on the server: a reload fixes it.
    PAGES[route.page as keyof typeof PAGES]().then(
      (module) => current && show(() => module.default),
      () => current && setBroken(true),
    );
    return () => {
      current = false;
    };
  }, [route.page]);
  if (error || broken)
    return (
      <div class="notice bad" role="alert">
        <p>{words.connection.bug}</p>
        <button type="button" onClick={() => window.location.reload()}>
          {words.connection.reload}
        </button>
      </div>
    );
  return Shown ? <Shown {...route.parameters} /> : <Busy />;
}

function NotFound() {
  const { words, me } = useConsole();
  return (
    <Page title={words.notFound.title} lead={words.notFound.lead}>
      {me.viewer.user === null && <p>{words.notFound.logIn}</p>}
      <p>
        <a href="/">{words.notFound.home}</a>
      </p>
    </Page>
  );
}
