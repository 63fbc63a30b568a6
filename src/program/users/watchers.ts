// Tells open streams that something of a user has changed in this process, so that they look again at once. Knows not what has changed.

export class Watchers {
  readonly #byUser = new Map<string, Set<() => void>>();

  /** Returns the function that stops watching. */
  watch(user: string, onChange: () => void): () => void {
    const watchers = this.#byUser.get(user) ?? new Set();
    this.#byUser.set(user, watchers.add(onChange));
    return () => {
      watchers.delete(onChange);
      if (watchers.size === 0 && this.#byUser.get(user) === watchers) this.#byUser.delete(user);
    };
  }

  tell(user: string): void {
    for (const onChange of [...(this.#byUser.get(user) ?? [])]) onChange();
  }
}
