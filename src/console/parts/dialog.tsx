// The dialog element of the browser: it keeps the focus inside and returns it on closing.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useConsole } from '../state/context.ts';
import { useObservable } from '../state/observable.ts';
import { actIn } from '../state/place.ts';
import { location, navigate, search } from '../state/router.ts';

/** Open while it is shown. */
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
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <div class="card-head">
        <h2 id={id}>{title}</h2>
        <button type="button" class="plain" onClick={() => dialog.current?.close()}>
          {words.common.close}
        </button>
      </div>
      {children}
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
