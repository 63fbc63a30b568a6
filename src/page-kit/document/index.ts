// Documents: self-contained pages that Node writes to files.

export { documentHtml } from './document.ts';
export { centred, path, picture } from './pictures.ts';
export { documentTime, mono, paragraph, section, theirs, xy } from './pieces.ts';
export {
  caveat,
  checkRecord,
  claimed,
  firstFindings,
  headed,
  item,
  ledSection,
  line,
  listed,
  mark,
  numbered,
  plainly,
  record,
  recorded,
  sentences,
  verdictPanel,
} from './report.ts';
export { PALETTES } from './styles.ts';
