// Documents: self-contained pages that Node writes to files.

export { documentHtml } from './document.ts';
export { centredText, path, picture } from './pictures.ts';
export { documentTime, mono, outsideText, paragraph, section, xy } from './pieces.ts';
export {
  caveat,
  checkRecord,
  claimBlock,
  firstFindings,
  headedBlock,
  item,
  ledSection,
  limitedList,
  line,
  mark,
  orderedList,
  plainStatement,
  record,
  recordBlock,
  sentences,
  verdictPanel,
} from './report.ts';
export { PALETTES } from './styles.ts';
