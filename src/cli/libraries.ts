// Packages of bills of materials and lock files, as the chain of a run counts them.

import type { Bom } from '../formats/index.ts';
import type { Library } from './rooms.ts';
import { formats } from './rooms.ts';

/** What a bill may list beside software. */
const NON_SOFTWARE_TYPES: readonly Bom['components'][number]['type'][] = [
  'cryptographic-asset',
  'data',
  'device',
  'file',
  'machine-learning-model',
];

export interface Libraries {
  libraries: Library[];
  /** Components of bills that are no software, or not there at run time. */
  leftOut: number;
}

/** @throws JikjiError `file-missing`, `file-broken`, `cyclonedx-...`, `package-lock-...` */
export async function librariesOf(bills: readonly string[], lock: string | undefined): Promise<Libraries> {
  const { readCycloneDx, readPackageLock } = await formats();
  const listed = bills.flatMap((path) => readCycloneDx(path).components);
  const counted = listed.filter(({ type, scope }) => !NON_SOFTWARE_TYPES.includes(type) && scope !== 'excluded');
  const locked = lock === undefined ? [] : readPackageLock(lock, thisPlatform());
  return {
    libraries: [
      ...counted.map(({ name, version, purl, supplier, licence }) => ({ name, version, purl, supplier, licence })),
      ...locked.map(({ name, version, licence }) => ({
        name,
        version,
        purl: `pkg:npm/${name.replace(/^@/, '%40')}@${version}`,
        supplier: null,
        licence,
      })),
    ],
    leftOut: listed.length - counted.length,
  };
}

/** As Node names this platform. */
function thisPlatform() {
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork: boolean };
  report.excludeNetwork = true; // else it asks the network for names
  const { header } = report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  const linux = header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
  return { os: process.platform, cpu: process.arch, libc: process.platform === 'linux' ? linux : null };
}
