// The choices on the page of self-reliance, read from and written to the query: whose index, and which suppliers and countries are left out.

export interface Choice {
  /** Null: the whole programme. */
  of: { kind: 'consortium' | 'use'; id: string } | null;
  suppliers: string[];
  /** ISO 3166. */
  countries: string[];
}

/** Names once each, in the order of the address. */
const names = (values: string[]): string[] => [...new Set(values.filter((value) => value !== ''))];

/** @param search the query as `location.search` has it */
export function choiceOf(search: string): Choice {
  const query = new URLSearchParams(search);
  const kind = query.get('of');
  const id = query.get('id');
  return {
    of: (kind === 'consortium' || kind === 'use') && id ? { kind, id } : null,
    suppliers: names(query.getAll('supplier')),
    countries: names(query.getAll('country')),
  };
}

/** The query of the API for the chosen subject; empty for the whole programme. */
export function ofQuery({ of }: Choice): string {
  return of === null ? '' : `?${new URLSearchParams({ of: of.kind, id: of.id })}`;
}

export function withoutQuery({ suppliers, countries }: Choice): string {
  const query = new URLSearchParams();
  for (const supplier of suppliers) query.append('supplier', supplier);
  for (const country of countries) query.append('country', country);
  return query.size === 0 ? '' : `?${query}`;
}

export function searchOf(choice: Choice): string {
  const parts = [ofQuery(choice), withoutQuery(choice)].filter((part) => part !== '').map((part) => part.slice(1));
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
