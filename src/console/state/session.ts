// What a page keeps until its tab is closed: drafts outlive a reload, and are in no address, no history and no server.

/** The value kept under a name; null if there is none. What is kept may be of an older page: its reader checks it. */
export function kept(name: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(`jikji-${name}`) ?? 'null');
  } catch {
    return null;
  }
}

/** Keeps a value; null forgets it. */
export function keep(name: string, value: unknown): void {
  try {
    if (value === null) sessionStorage.removeItem(`jikji-${name}`);
    else sessionStorage.setItem(`jikji-${name}`, JSON.stringify(value));
  } catch {
    // no room, or switched off: it lasts as long as the page
  }
}
