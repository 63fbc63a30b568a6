// The navigation: pages of the programme and of the server, and the viewer's own menu. On narrow screens it is behind a button.

import { useEffect, useRef, useState } from 'preact/hooks';
import { Failed } from './parts/loaded.tsx';
import { post } from './state/api.ts';
import { useConsole } from './state/context.ts';
import { useAction } from './state/data.ts';
import { navigate, pathOf, type Route } from './state/router.ts';
import { chooseLang, LANGUAGES } from './state/settings.ts';

export function Navigation({ route, programme }: { route: Route | undefined; programme: string | undefined }) {
  const { words, me, format } = useConsole();
  const w = words.nav;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const path = route ? pathOf(route.page, route.parameters as never) : '';
  // Dependencies: another page closes the menu
  useEffect(() => setOpen(false), [path]);
  useEffect(() => {
    if (!open) return;
    // Wherever the focus is; the viewer's own menu and a dialog close first.
    const close = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
      setOpen(false);
      button.current?.focus();
    };
    addEventListener('keydown', close);
    return () => removeEventListener('keydown', close);
  }, [open]);
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
      <button
        ref={button}
        type="button"
        class="menu"
        aria-expanded={open}
        aria-controls="navigation"
        onClick={() => setOpen(!open)}
      >
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
          {me.viewer.user === null ? link('/log-in', w.logIn) : <Own key={path} here={path === '/account'} />}
          <OtherLanguage />
        </ul>
      </nav>
    </>
  );
}

/** The switch to the other language, which names itself. */
function OtherLanguage() {
  const { format } = useConsole();
  const other = format.lang === 'ko' ? 'en' : 'ko';
  return (
    <li>
      <button type="button" class="plain" lang={other} onClick={() => chooseLang(other)}>
        {LANGUAGES[other]}
      </button>
    </li>
  );
}

/** The viewer's own menu: a button with the name, and what it opens. In the folded navigation all of it is shown. */
function Own({ here }: { here: boolean }) {
  const { words, me, renew } = useConsole();
  const w = words.nav;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const leave = useAction(async () => {
    await post('/log-out');
    renew();
    navigate('/');
  });
  return (
    <li
      class="own"
      onFocusOut={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOpen(false);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.preventDefault();
        setOpen(false);
        button.current?.focus();
      }}
    >
      <button
        ref={button}
        type="button"
        class="plain"
        aria-expanded={open}
        aria-controls="own-menu"
        title={me.viewer.name ?? w.own}
        onClick={() => setOpen(!open)}
      >
        {me.viewer.name ?? w.own}
      </button>
      <ul id="own-menu" class={open ? 'open' : ''} aria-label={w.own}>
        <li>
          <a href="/account" aria-current={here ? 'page' : undefined}>
            {w.account}
          </a>
        </li>
        <li>
          <button type="button" class="plain" disabled={leave.busy} onClick={() => leave.run()}>
            {w.logOut}
          </button>
          <Failed of={leave.failure} />
        </li>
      </ul>
    </li>
  );
}
