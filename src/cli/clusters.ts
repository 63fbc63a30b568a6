// Clusters that --on may name: those of the catalogue that comes with Jikji and of the files that the user names.

import { reachedCluster, readCatalogue, shippedCatalogue } from '../fleet/index.ts';
import { readSmallFile } from '../formats/index.ts';

/** Of a catalogue's file. */
const MAX_BYTES = 4 << 20;

/** What `--catalogue` is for, where a verb has it. */
export const CATALOGUE_OPTION = [
  '--catalogue <file>',
  'where the cluster is described; may be given several times (default: $JIKJI_CATALOGUE)',
] as const;

/** The catalogue that comes with Jikji and the files that the user names, read as one. @throws JikjiError `catalogue-...` */
export const readCatalogues = (files: readonly string[]) =>
  readCatalogue([shippedCatalogue(), ...files.map((file) => ({ file, text: readSmallFile(file, MAX_BYTES) }))]);

/**
 * A cluster that is reached, and the catalogue that it is of. `files` as --catalogue names them.
 * @throws JikjiError `catalogue-...`, `cluster-unknown`, `cluster-not-reached`
 */
export function findCluster(name: string, files: readonly string[] = []) {
  const { JIKJI_CATALOGUE } = process.env;
  const named = files.length === 0 && JIKJI_CATALOGUE ? [JIKJI_CATALOGUE] : files;
  const catalogue = readCatalogues(named);
  return { catalogue, cluster: reachedCluster(catalogue, name) };
}
