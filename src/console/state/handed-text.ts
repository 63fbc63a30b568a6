// A text that another page hands to the playground of a model, to be sent on arrival. It is in no address and no storage.

let handed: { path: string; text: string } | undefined;

/** @param path the API path of the model */
export function handText(path: string, text: string): void {
  handed = { path, text };
}

/** The text that was handed over for this model; only once. */
export function takeText(path: string): string | undefined {
  const text = handed?.path === path ? handed.text : undefined;
  handed = undefined;
  return text;
}
