// A dialog of the browser's own: it keeps the focus inside and gives it back.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useConsole } from '../state/context.ts';

/** Open while it is shown. */
function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
  const { words } = useConsole();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current!;
    if (!shown.open) shown.showModal();
    return () => shown.close();
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

/** A button that opens a dialog. `children` get what closes it. */
export function DialogButton({
  label,
  primary,
  gone,
  children,
}: {
  label: string;
  primary?: boolean;
  /** There is nothing more to open; what is open stays. */
  gone?: boolean;
  children: (close: () => void) => ComponentChildren;
}) {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      {!gone && (
        <button type="button" class={primary ? 'primary' : ''} onClick={() => setOpen(true)}>
          {label}
        </button>
      )}
      {open && (
        <Dialog title={label} onClose={close}>
          {children(close)}
        </Dialog>
      )}
    </>
  );
}
