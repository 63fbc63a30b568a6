// A one-time secret in the fragment of the address.

/** The fragment, which is removed from the address bar. */
export function takeFragment(): string {
  const token = window.location.hash.slice(1);
  if (token !== '') history.replaceState(null, '', window.location.pathname + window.location.search);
  return token;
}
