// The dialog element of the browser: it keeps the focus inside and returns it on closing.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useConsole } from '../state/context.ts';
import { Discarded } from '../state/kept-fields.ts';
import { useObservable } from '../state/observable.ts';
import { actIn } from '../state/place.ts';
import { location, navigate, search } from '../state/router.ts';

/** Whether an input into an element is something that its form would send; a box that confirms it is not. */
const isTyped = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.matches('form :is(textarea, select, input):not([type=checkbox][required], [type=file])');

/** Open while it is shown. What was typed into a form of it is not closed away without a question. */
export function Dialog({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}) {
  const { words } = useConsole();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  /** Where something was typed last. */
  const typedIn = useRef<HTMLElement | null>(null);
  const [asks, ask] = useState(false);
  const [discarded] = useState(() => new Set<() => void>());
  const close = () => (typedIn.current ? ask(true) : dialog.current?.close());
  const goOn = () => {
    ask(false);
    typedIn.current?.focus();
  };
  const discard = () => {
    for (const forget of discarded) forget();
    dialog.current?.close();
  };
  /** Events of a dialog within this one are its own. */
  const isOwn = ({ target }: Event) => target instanceof Element && target.closest('dialog') === dialog.current;
  useEffect(() => {
    const shown = dialog.current!;
    if (!shown.open) shown.showModal();
    // The browser's Back leads to another page: what belongs to this one goes with it.
    const leave = () => shown.close();
    addEventListener('popstate', leave);
    return () => {
      removeEventListener('popstate', leave);
      shown.close();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={(event) => isOwn(event) && onClose()}
      onInput={(event) => {
        if (isOwn(event) && isTyped(event.target)) typedIn.current = event.target as HTMLElement;
      }}
      onKeyDown={(event) => {
        // A browser asks only once before it closes a dialog by itself: so it gets no Escape.
        if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented || !isOwn(event) || !typedIn.current)
          return;
        event.preventDefault();
        if (asks) goOn();
        else ask(true);
      }}
    >
      <div class="card-head">
        <h2 id={id}>{title}</h2>
        <button type="button" class="plain" onClick={close}>
          {words.common.close}
        </button>
      </div>
      {asks && (
        <div class="notice warn" role="alert">
          <p>{words.common.typed}</p>
          <div class="buttons">
            <button type="button" class="primary" onClick={goOn}>
              {words.common.goOn}
            </button>
            <button type="button" onClick={discard}>
              {words.common.discard}
            </button>
          </div>
        </div>
      )}
      <Discarded.Provider value={discarded}>{children}</Discarded.Provider>
    </dialog>
  );
}

/** A button that opens a dialog. `children` receive the function that ends it: calls `onDone` and closes it. */
export function DialogButton({
  label,
  face,
  class: name = '',
  primary,
  hidden,
  act,
  onDone,
  children,
}: {
  /** Title of the dialog, and what the button says. */
  label: string;
  /** What the button shows in place of it. */
  face?: ComponentChildren;
  class?: string;
  primary?: boolean;
  /** Hides the button; an open dialog stays. */
  hidden?: boolean;
  /** Its name in the address: `?act=NAME` opens it. */
  act?: string;
  onDone?: () => void;
  children: (done: () => void) => ComponentChildren;
}) {
  const asked = actIn(useObservable(search));
  const isAsked = act !== undefined && asked === act;
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (isAsked && !hidden) setOpen(true);
  }, [isAsked, hidden]);
  const close = () => {
    setOpen(false);
    if (act !== undefined && actIn(search.value) === act) navigate(location.value, 'replace');
  };
  return (
    <>
      {!hidden && (
        <button type="button" class={primary ? 'primary' : name} onClick={() => setOpen(true)}>
          {face ?? label}
        </button>
      )}
      {open && (
        <Dialog title={label} onClose={close}>
          {children(() => {
            onDone?.();
            close();
          })}
        </Dialog>
      )}
    </>
  );
}
