// Draws the screen of a terminal as an SVG, for docs/engineer.md. Of terminal codes it knows only SGR colours.
// usage: tmux capture-pane -e -p -t SESSION | node scripts/terminal-svg.ts TITLE > docs/hello.svg

import { readFileSync } from 'node:fs';

const [title = 'jikji'] = process.argv.slice(2);
const CELL = 8.4;
const LINE = 19;
const COLOURS = ['#3b4048', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d7dae0'];

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
/** Hangul and other wide characters take two cells. */
const cells = (text: string) =>
  [...text].reduce((n, c) => n + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60]/.test(c) ? 2 : 1), 0);

interface Look {
  fill?: string;
  bold?: boolean;
  dim?: boolean;
}

function apply(look: Look, codes: number[]): Look {
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code === 0) look = {};
    else if (code === 1) look = { ...look, bold: true };
    else if (code === 2) look = { ...look, dim: true };
    else if (code === 22) look = { ...look, bold: false, dim: false };
    else if (code === 39) look = { bold: look.bold ?? false, dim: look.dim ?? false };
    else if (code >= 30 && code <= 37) look = { ...look, fill: COLOURS[code - 30]! };
    else if (code >= 90 && code <= 97) look = { ...look, fill: COLOURS[code - 90]! };
  }
  return look;
}

const lines = readFileSync(0, 'utf8').replace(/\s+$/, '').split('\n');
let widest = 60;
let look: Look = {};
const rows = lines.map((line, y) => {
  let column = 0;
  const spans = line.split(/\x1b\[([\d;]*)m/).map((piece, i) => {
    if (i % 2) {
      look = apply(look, piece.split(';').map(Number));
      return '';
    }
    const words = piece.trim();
    const at = column + piece.search(/\S|$/); // where the first letter stands, whatever a space is wide
    column += cells(piece);
    if (words === '') return '';
    const style = `${look.fill ? ` fill="${look.fill}"` : ''}${look.bold ? ' font-weight="bold"' : ''}${look.dim ? ' opacity="0.6"' : ''}`;
    const width = ` textLength="${(cells(words) * CELL).toFixed(1)}" lengthAdjust="spacingAndGlyphs"`;
    return `<tspan x="${(16 + at * CELL).toFixed(1)}"${style}${width}>${escaped(words)}</tspan>`;
  });
  widest = Math.max(widest, column);
  return `<text y="${56 + y * LINE}" xml:space="preserve">${spans.join('')}</text>`;
});
const width = Math.ceil(32 + widest * CELL);
const height = 56 + lines.length * LINE;
console.log(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<rect width="100%" height="100%" rx="8" fill="#1e2127"/>
<g fill="#5c6370"><circle cx="20" cy="18" r="6"/><circle cx="40" cy="18" r="6"/><circle cx="60" cy="18" r="6"/></g>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'Noto Sans Mono CJK KR', monospace" font-size="14" fill="#d7dae0">
${rows.join('\n')}
</g>
</svg>`);
