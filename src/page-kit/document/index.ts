// Documents: self-contained pages that Node writes to files.

export { documentHtml } from './document.ts';
export { centred, path, picture, stamp } from './pictures.ts';
export { documentTime, mono, paragraph, section, theirs, xy } from './pieces.ts';
export { PALETTES, STYLES } from './styles.ts';
