// Clusters that --on may name: those of the catalogue that comes with Jikji and of the files that the user names.

import { reachedCluster, readCatalogue, readCatalogueFile, shippedCatalogue } from '../fleet/index.ts';

/** The --catalogue option, shared by several verbs. */
export const CATALOGUE_OPTION = [
  '--catalogue <file>',
  'where the cluster is described; may be given several times (default: $JIKJI_CATALOGUE)',
] as const;

/** The catalogue that comes with Jikji and the files that the user names, read as one. @throws JikjiError `catalogue-...` */
export const readCatalogues = (files: readonly string[]) =>
  readCatalogue([...shippedCatalogue(), ...files.flatMap((file) => readCatalogueFile(file))]);

/**
 * A cluster that jobs can reach, and the catalogue that describes it. `files`: the values of --catalogue, else $JIKJI_CATALOGUE.
 * @throws JikjiError `catalogue-...`, `cluster-unknown`, `cluster-not-reached`
 */
export function findCluster(name: string, files: readonly string[] = []) {
  const { JIKJI_CATALOGUE } = process.env;
  const named = files.length === 0 && JIKJI_CATALOGUE ? [JIKJI_CATALOGUE] : files;
  const catalogue = readCatalogues(named);
  return { catalogue, cluster: reachedCluster(catalogue, name) };
}
