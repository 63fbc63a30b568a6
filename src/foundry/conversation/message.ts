// Messages and tools as chat templates take them.

/** Who says something. A conversation of a corpus has these roles, and no calls of tools. */
export const ROLES = ['system', 'user', 'assistant', 'tool'] as const;
export type Role = (typeof ROLES)[number];

export interface Message {
  role: Role;
  content: string;
  /** Calls of tools that an assistant has made; `arguments` is the JSON of an object. */
  toolCalls?: readonly { id: string; name: string; arguments: string }[];
  /** The call whose result a tool gives, and its tool's name. */
  resultOf?: { id: string; name: string };
}

/** A function as templates take it. */
export interface Tool {
  type: 'function';
  function: { name: string; description?: string; parameters?: Record<string, unknown> };
}
