// Documents: pages that are files of their own, written by Node and not by a browser.

export { documentHtml } from './document.ts';
export { documentTime, mono, paragraph, section, theirs, xy } from './pieces.ts';
export { PALETTES, STYLES } from './styles.ts';
