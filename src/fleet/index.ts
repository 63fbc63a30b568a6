// Where work runs: the catalogue of chips, clusters and sites, and of all that lies between them and a model.
export { reachedCluster } from './catalogue/cluster-access.ts';
export { readCatalogue, shippedCatalogue } from './catalogue/read.ts';
export {
  type Catalogue,
  type Chip,
  type Cluster,
  type Component,
  FIGURES,
  type Figure,
  type FigureName,
  LAYERS,
  type Layer,
  type Need,
  type Of,
  type Option,
  PROVIDES,
  REQUIRED,
  REQUIRED_BY,
  type Reached,
  type Sources,
  type Supplier,
  type Use,
} from './catalogue/types.ts';
export {
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
  limitWords,
  OutputLines,
  type Partition,
  readJob,
  type SlurmJob,
  type SlurmLine,
  slurmPartitions,
  slurmQueue,
} from './launch/index.ts';
export { checkDevice, deviceSeconds, jobsOfAccount, type RanJob } from './metering/index.ts';
export { checkMpi } from './mpi/library.ts';
export { joinRanks, type MpiRanks, ranksStarted } from './mpi/ranks.ts';
