// Text that is safe to put into a page. A template escapes whatever is put into it, so that forgetting is not possible:
// only what another template made goes in as it is. Knows nothing of what the page says.

/** A finished piece of a page. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Part = string | number | Html | readonly Html[] | null | undefined | false;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => ENTITIES[c]);
}

function part(value: Part): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map((piece) => piece.text).join('');
  return escapeHtml(String(value));
}

/** A template for elements, for text in them, and for attribute values in double quotes; for nothing else. */
export function html(strings: TemplateStringsArray, ...values: Part[]): Html {
  let text = strings[0];
  for (let i = 0; i < values.length; i++) text += part(values[i]) + strings[i + 1];
  return new Html(text);
}

/** A coordinate for SVG: at most two decimals, and never anything but a finite number. */
export function xy(value: number): string {
  return String(Number.isFinite(value) ? Math.round(value * 100) / 100 : 0);
}
