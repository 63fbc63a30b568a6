// The fleet room: launchers, MPI, metering, and the catalogue of chips, clusters and sites.
export { withoutCards } from './catalogue/card-files.ts';
export { readCatalogueFile, shippedCatalogue } from './catalogue/catalogue-files.ts';
export { reachedCluster } from './catalogue/cluster-access.ts';
export { type CatalogueDifference, catalogueDifferences, differenceShape } from './catalogue/differences.ts';
export { readCatalogue } from './catalogue/read.ts';
export {
  type Catalogue,
  type Chip,
  type Cluster,
  type ClusterAccess,
  type Component,
  type ComponentKind,
  chipShape,
  clusterShape,
  componentKindShape,
  componentShape,
  FIGURES,
  type Figure,
  type FigureName,
  LAYERS,
  type Layer,
  layerShape,
  type Need,
  type Option,
  PROVIDES,
  REQUIRED,
  REQUIRED_BY,
  type Site,
  type Sources,
  type Step,
  type Supplier,
  siteShape,
  sourcesShape,
  supplierShape,
  type Use,
  useShape,
} from './catalogue/types.ts';
export {
  type ClusterStatus,
  checkSbatchOption,
  clusterStatus,
  clusterStatusShape,
  describeLimit,
  errorOf,
  hasEnded,
  type Job,
  type JobRecord,
  type JobReport,
  jobPaths,
  LAUNCHERS,
  type Launcher,
  lastSession,
  launcherOf,
  OutputLines,
  readJob,
  SBATCH_OPTION_NAMES,
  SBATCH_OPTIONS,
  type SbatchOptions,
  slurmQueue,
} from './launch/index.ts';
export {
  checkAccounts,
  checkDevice,
  deviceSeconds,
  isAccountName,
  jobsOfAccount,
  type RanJob,
  readSacct,
  sacctCommand,
} from './metering/index.ts';
export { type Asked, answerMove, answerShapes, askedShape } from './move/far-side.ts';
export { type MoveCost, moveRun } from './move/move.ts';
export { askSite, type SiteAddress } from './move/site-shell.ts';
export { checkMpi } from './mpi/library.ts';
export { joinRanks, type MpiRanks, startedRanks } from './mpi/ranks.ts';
