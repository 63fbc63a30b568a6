// The decoder of what tokens stand for.

/** A byte order mark is text like any other here. */
export const newTextDecoder = () => new TextDecoder('utf-8', { ignoreBOM: true });
