// The button of the search, and the keys that work on every page. What they open is loaded when it is first asked for.

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useConsole } from './state/context.ts';
import { COMMAND, type Goal, KeyReader, type Press } from './state/keys.ts';
import { observable, useObservable } from './state/observable.ts';
import { navigate, pathOf } from './state/router.ts';

type Opened = 'search' | 'keys';
interface DialogProps {
  programme: string | undefined;
  onClose: () => void;
}

const LOADERS: Record<Opened, () => Promise<{ default: ComponentType<DialogProps> }>> = {
  search: () => import('./parts/search-dialog.tsx'),
  keys: () => import('./parts/keys-dialog.tsx'),
};

const opened = observable<Opened | undefined>(undefined);

/** Whether a key press belongs to a field, or to a dialog over the page. */
const isTyping = ({ target }: KeyboardEvent): boolean =>
  (target instanceof Element &&
    target.closest('input, textarea, select, [contenteditable], [role=combobox], [role=textbox]') !== null) ||
  document.querySelector('dialog[open]') !== null;

function pathOfGoal(goal: Goal, programme: string | undefined): string | undefined {
  if (goal === 'runs' || goal === 'people' || goal === 'account') return pathOf(goal, {});
  if (programme === undefined) return undefined;
  return goal === 'stages' ? `${pathOf('overview', { programme })}#stages` : pathOf(goal, { programme });
}

function go(goal: Goal, programme: string | undefined, office: boolean): void {
  if (!office && (goal === 'runs' || goal === 'people')) return;
  const path = pathOfGoal(goal, programme);
  if (path === undefined) return;
  navigate(path);
  // The page may be there already.
  if (path.includes('#')) document.getElementById(path.split('#')[1]!)?.scrollIntoView();
}

/** Follows the keys of the page. */
function useKeys(programme: string | undefined, office: boolean): void {
  useEffect(() => {
    const reader = new KeyReader(COMMAND);
    const follow = (press: Press): void => {
      if ('go' in press) go(press.go, programme, office);
      else if (document.querySelector('dialog[open]') === null) opened.set(press.open);
    };
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented) return;
      const found = reader.read(event, isTyping(event));
      if (found === undefined) return;
      event.preventDefault();
      follow(found);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [programme, office]);
}

export function SearchButton({ programme }: { programme: string | undefined }) {
  const { words, me } = useConsole();
  const which = useObservable(opened);
  useKeys(programme, me.viewer.role === 'office');
  return (
    <>
      <button
        type="button"
        class="search"
        aria-haspopup="dialog"
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => opened.set('search')}
      >
        <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
          <circle cx="8.5" cy="8.5" r="5.5" fill="none" stroke="currentColor" stroke-width="2" />
          <path d="m12.5 12.5 5 5" stroke="currentColor" stroke-width="2" stroke-linecap="round" />
        </svg>
        <span>{words.search.title}</span>
      </button>
      {which && <Lazy key={which} which={which} programme={programme} />}
    </>
  );
}

/** A dialog that is loaded when it is opened. A failed import usually means a newer build on the server: a reload mends it. */
function Lazy({ which, programme }: { which: Opened; programme: string | undefined }) {
  const [Shown, show] = useState<ComponentType<DialogProps>>();
  useEffect(() => {
    let current = true;
    LOADERS[which]().then(
      (module) => current && show(() => module.default),
      () => current && window.location.reload(),
    );
    return () => {
      current = false;
    };
  }, [which]);
  return Shown ? <Shown programme={programme} onClose={() => opened.set(undefined)} /> : null;
}

export function KeysButton() {
  const { words } = useConsole();
  return (
    <button type="button" class="plain" aria-haspopup="dialog" onClick={() => opened.set('keys')}>
      {words.keys.title}
    </button>
  );
}
