// The secret of a one-time link. It is in the fragment of the address, which browsers never send, and is removed from the address bar at once.

export function takeToken(): string {
  const token = window.location.hash.slice(1);
  if (token !== '') history.replaceState(null, '', window.location.pathname + window.location.search);
  return token;
}
