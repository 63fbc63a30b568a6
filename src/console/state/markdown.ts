// Parses the subset of Markdown that model cards use into blocks of text. Produces no HTML: unknown syntax stays text.

export type Block =
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'list'; items: string[] }
  | { kind: 'code'; text: string }
  | { kind: 'table'; head: string[]; rows: string[][] };

export type Span = { kind: 'text' | 'code' | 'strong'; text: string };

const cells = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());

export function blocksOf(markdown: string): Block[] {
  const lines = markdown.split(/\r?\n/);
  const blocks: Block[] = [];
  let i = 0;
  if (lines[0] === '---') {
    // Skip the YAML front matter.
    const end = lines.indexOf('---', 1);
    if (end > 0) i = end + 1;
  }
  const paragraph = (text: string) => {
    const last = blocks[blocks.length - 1];
    if (last?.kind === 'paragraph' && lines[i - 1]?.trim() !== '') last.text += ` ${text}`;
    else blocks.push({ kind: 'paragraph', text });
  };
  for (; i < lines.length; i++) {
    const line = lines[i];
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    const item = /^\s*[-*+]\s+(.*)$/.exec(line);
    if (/^\s*(```|~~~)/.test(line)) {
      const fence = line.trim().slice(0, 3);
      const code: string[] = [];
      while (++i < lines.length && !lines[i].trim().startsWith(fence)) code.push(lines[i]);
      blocks.push({ kind: 'code', text: code.join('\n') });
    } else if (heading) blocks.push({ kind: 'heading', level: heading[1].length, text: heading[2] });
    else if (item) {
      const items = [item[1]];
      for (; i + 1 < lines.length; i++) {
        const next = /^\s*[-*+]\s+(.*)$/.exec(lines[i + 1]);
        if (next) items.push(next[1]);
        else if (/^\s{2,}\S/.test(lines[i + 1])) items[items.length - 1] += ` ${lines[i + 1].trim()}`;
        else break;
      }
      blocks.push({ kind: 'list', items });
    } else if (line.includes('|') && /^\s*\|?[\s:|-]+\|[\s:|-]*$/.test(lines[i + 1] ?? '')) {
      const rows: string[][] = [];
      const head = cells(line);
      i++;
      while (i + 1 < lines.length && lines[i + 1].includes('|')) rows.push(cells(lines[++i]));
      blocks.push({ kind: 'table', head, rows });
    } else if (line.trim() !== '') paragraph(line.trim());
  }
  return blocks;
}

export function spansOf(text: string): Span[] {
  const spans: Span[] = [];
  let end = 0;
  for (const match of text.matchAll(/`([^`]+)`|\*\*([^*]+)\*\*/g)) {
    if (match.index > end) spans.push({ kind: 'text', text: text.slice(end, match.index) });
    spans.push(match[1] !== undefined ? { kind: 'code', text: match[1] } : { kind: 'strong', text: match[2] });
    end = match.index + match[0].length;
  }
  if (end < text.length) spans.push({ kind: 'text', text: text.slice(end) });
  return spans;
}
