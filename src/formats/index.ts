// Readers and writers of file formats: hostile bytes in, checked structures out.

export { type ParsedYaml, parseYamlFile, readYaml, validateWholeYaml, validateYaml } from './checked-yaml.ts';
export { isChipCard, MAX_CARD_BYTES, parseChipCard } from './chip-card.ts';
export { CARD_RESULTS, CARD_SECTIONS, type CardResult, type CardSection } from './chip-card-schema.ts';
export { type CardFinding, type ChipCard, cardHeadShape, chipCardShape } from './chip-card-shape.ts';
export {
  type Citation,
  citationSchema,
  citationShape,
  countSchema,
  dateSchema,
  digestSchema,
  figureSchema,
  idSchema,
  isOneDirection,
  lineSchema,
  nameFromFile,
  type Title,
  titleSchema,
  titleShape,
} from './common-schemas.ts';
export {
  countryCodes,
  countryHint,
  countryOr,
  countrySchema,
  countryText,
  isCountry,
  parseCountry,
} from './countries.ts';
export { type Bom, type BomComponent, parseCycloneDx, readCycloneDx } from './cyclonedx.ts';
export { narrow, widen } from './float16.ts';
export { Gguf, type GgufTensor } from './gguf.ts';
export { type GgufArray, type GgufTensorType, type GgufType, type GgufValue, ggufBytes } from './gguf-format.ts';
export { type GgufInput, ggufPieces, ggufSize } from './gguf-writer.ts';
export { readFailure, readUnzipped } from './gzip.ts';
export { fromMxfp4, MXFP4_GROUP } from './mxfp4.ts';
export { nearestName, nearestNameHint, nearestNameHints } from './nearest-name.ts';
export { type LockedPackage, type Platform, parsePackageLock, readPackageLock } from './package-lock.ts';
export {
  type DType,
  isCutOff,
  Safetensors,
  safetensorsHeader,
  type TensorInfo,
  writeSafetensors,
} from './safetensors.ts';
export { keysAt, schemaAt } from './schema-keys.ts';
export { koreanOfIssue } from './shape-words.ts';
export { readSmallFile, readStart } from './small-file.ts';
export { openTar, readTar, type TarEntry, type TarLimits } from './tar.ts';
export { type TarInput, tarPieces } from './tar-writer.ts';
export { METRICS, type Metric, metricSchema } from './task-metrics.ts';
export { type Fault, faultError, type Path, showPath, ValuePlaces } from './value-places.ts';
export { FLOAT_TYPES, type StoredTensor, type WeightFile, WeightFiles } from './weight-files.ts';
export { MAX_YAML_BYTES, parseYaml, type YamlKind, type YamlValue } from './yaml.ts';
