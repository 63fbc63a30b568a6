// The frame of every page: brand, navigation, language and theme, and the notice when the server does not answer.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Navigation } from './navigation.tsx';
import { KeysButton, SearchButton } from './shortcuts.tsx';
import { connection, probeNow } from './state/connection.ts';
import { useConsole } from './state/context.ts';
import { useObservable } from './state/observable.ts';
import { pathOf, type Route } from './state/router.ts';
import { chooseLang, chooseTheme, LANGUAGES, remember, remembered, type Theme, theme } from './state/settings.ts';

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
        <SearchButton programme={programme?.id} />
        <Navigation route={route} programme={programme?.id} />
      </header>
      <ConnectionNotice />
      <main id="content" tabIndex={-1}>
        {inside !== undefined && programme && words.mode[programme.mode] !== '' && (
          <p class="mode">
            <span class={`chip mode-${programme.mode}`}>{words.mode.short[programme.mode]}</span>
            <span>
              {words.mode[programme.mode]} {programme.mode === 'practice' && <Others programme={programme.id} />}
            </span>
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

/** What is not made up here, for whoever begins at the practice. */
function Others({ programme }: { programme: string }) {
  const { words, format, me } = useConsole();
  const others = me.programmes.filter(({ id, mode }) => id !== programme && mode !== 'practice');
  if (others.length === 0) return null;
  return (
    <>
      {words.mode.others}{' '}
      {others.map(({ id, name }, i) => (
        <span key={id}>
          {i > 0 && ', '}
          <a href={pathOf('overview', { programme: id })}>{format.title(name)}</a>
        </span>
      ))}
    </>
  );
}

function Switches() {
  const { words, format } = useConsole();
  const chosen = useObservable(theme);
  return (
    <div class="switches">
      <KeysButton />
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
        {(['en', 'ko'] as const).map((code) => (
          <button
            key={code}
            type="button"
            lang={code}
            aria-pressed={format.lang === code}
            onClick={() => chooseLang(code)}
          >
            {LANGUAGES[code]}
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
