// The frame of every page: brand, navigation, language and theme, and the notice when the server does not answer.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Failed } from './parts/loaded.tsx';
import { post } from './state/api.ts';
import { connection, probeNow } from './state/connection.ts';
import { useConsole } from './state/context.ts';
import { useAction } from './state/data.ts';
import { useObservable } from './state/observable.ts';
import { navigate, pathOf, type Route } from './state/router.ts';
import { chooseLang, chooseTheme, remember, remembered, type Theme, theme } from './state/settings.ts';

export function Frame({ route, children }: { route: Route | undefined; children: ComponentChildren }) {
  const { words, me } = useConsole();
  const inside = route && 'programme' in route.parameters ? route.parameters.programme : undefined;
  useEffect(() => {
    if (inside !== undefined) remember('programme', inside);
  }, [inside]);
  const last = inside ?? remembered('programme');
  const programme =
    me.programmes.find(({ id }) => id === last) ?? (inside === undefined ? me.programmes[0] : undefined);
  return (
    <>
      <a class="skip" href="#content">
        {words.skip}
      </a>
      <header class="top">
        <a class="brand" href="/">
          <span class="type" aria-hidden="true">
            직
          </span>
          <span class="type" aria-hidden="true">
            지
          </span>
          <span>{words.brand}</span>
        </a>
        <Navigation route={route} programme={programme?.id} />
      </header>
      <ConnectionNotice />
      <main id="content" tabIndex={-1}>
        {inside !== undefined && programme && words.mode[programme.mode] !== '' && (
          <p class="mode">
            <span class={`chip mode-${programme.mode}`}>{words.mode.short[programme.mode]}</span>
            {words.mode[programme.mode]}
          </p>
        )}
        {children}
      </main>
      <footer class="bottom">
        <span>
          {words.brand} {me.version}
        </span>
        <Switches />
      </footer>
    </>
  );
}

function Navigation({ route, programme }: { route: Route | undefined; programme: string | undefined }) {
  const { words, me, format, renew } = useConsole();
  const w = words.nav;
  const [open, setOpen] = useState(false);
  const path = route ? pathOf(route.page, route.parameters as never) : '';
  // Dependencies: another page closes the menu
  useEffect(() => setOpen(false), [path]);
  const leave = useAction(async () => {
    await post('/log-out');
    renew();
    navigate('/');
  });
  const office = me.viewer.role === 'office';
  const link = (href: string, text: string, exact = false) => {
    const here = exact ? path === href : path === href || path.startsWith(`${href}/`);
    return (
      <li>
        <a href={href} aria-current={here ? (path === href ? 'page' : 'true') : undefined}>
          {text}
        </a>
      </li>
    );
  };
  return (
    <>
      <button type="button" class="menu" aria-expanded={open} aria-controls="navigation" onClick={() => setOpen(!open)}>
        {w.menu}
      </button>
      <nav id="navigation" class={open ? 'open' : ''} aria-label={w.label}>
        {programme !== undefined && (
          <div class="group">
            {me.programmes.length > 1 ? (
              <select
                class="programme"
                aria-label={w.choose}
                value={programme}
                onChange={(event) => navigate(pathOf('overview', { programme: event.currentTarget.value }))}
              >
                {me.programmes.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {format.title(name)}
                  </option>
                ))}
              </select>
            ) : (
              <span class="programme">{me.programmes.map(({ name }) => format.title(name))}</span>
            )}
            <ul>
              {link(pathOf('overview', { programme }), w.overview, true)}
              {link(pathOf('call', { programme }), w.call)}
              {office && link(pathOf('organisations', { programme }), w.organisations)}
              {link(pathOf('compute', { programme }), w.compute)}
              {link(pathOf('reliance', { programme }), w.reliance)}
              {link(pathOf('ruleBooks', { programme }), w.ruleBooks)}
              {link(pathOf('log', { programme }), w.log)}
            </ul>
          </div>
        )}
        <ul class="group end">
          {me.local && link('/runs', w.runs)}
          {office && link('/people', w.people)}
          {me.viewer.user === null ? (
            link('/log-in', w.logIn)
          ) : (
            <>
              {link('/account', me.viewer.name ?? w.account)}
              <li>
                <button type="button" class="plain" disabled={leave.busy} onClick={() => leave.run()}>
                  {w.logOut}
                </button>
                <Failed of={leave.failure} />
              </li>
            </>
          )}
        </ul>
      </nav>
    </>
  );
}

function Switches() {
  const { words, format } = useConsole();
  const chosen = useObservable(theme);
  return (
    <div class="switches">
      <label>
        <span class="hidden">{words.nav.theme}</span>
        <select value={chosen} onChange={(event) => chooseTheme(event.currentTarget.value as Theme)}>
          {(['system', 'light', 'dark'] as const).map((name) => (
            <option key={name} value={name}>
              {words.nav.themes[name]}
            </option>
          ))}
        </select>
      </label>
      <fieldset class="choice small" aria-label={words.nav.language}>
        {(
          [
            ['en', 'English'],
            ['ko', '한국어'],
          ] as const
        ).map(([code, name]) => (
          <button
            key={code}
            type="button"
            lang={code}
            aria-pressed={format.lang === code}
            onClick={() => chooseLang(code)}
          >
            {name}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

/** Milliseconds that the notice of a restored connection stays. */
const BACK_NOTICE_MS = 6000;

function ConnectionNotice() {
  const { words } = useConsole();
  const { gone, generation } = useObservable(connection);
  const [isBack, setIsBack] = useState(false);
  const before = useRef(generation);
  useEffect(() => {
    if (before.current === generation) return;
    before.current = generation;
    setIsBack(true);
    const timer = setTimeout(() => setIsBack(false), BACK_NOTICE_MS);
    return () => clearTimeout(timer);
  }, [generation]);
  return (
    <div class="connection" role="status">
      {gone ? (
        <div class="notice bad">
          <p>{words.connection.gone}</p>
          <button type="button" onClick={probeNow}>
            {words.connection.tryNow}
          </button>
        </div>
      ) : (
        isBack && (
          <div class="notice good">
            <p>{words.connection.back}</p>
          </div>
        )
      )}
    </div>
  );
}
