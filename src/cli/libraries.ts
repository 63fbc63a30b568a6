// Packages from bills of materials and lock files, for the value chain of a run.

import type { Bom } from '../formats/index.ts';
import type { Library } from './rooms.ts';
import { formats } from './rooms.ts';

/** Component types of CycloneDX that are not software. */
const NON_SOFTWARE_TYPES: readonly Bom['components'][number]['type'][] = [
  'cryptographic-asset',
  'data',
  'device',
  'file',
  'machine-learning-model',
];

export interface Libraries {
  libraries: Library[];
  /** Components of the bills that are not software, or not present at run time. */
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

/** This platform in the terms of Node and npm. */
function thisPlatform() {
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork: boolean };
  report.excludeNetwork = true; // else it resolves host names over the network
  const { header } = report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  const linux = header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
  return { os: process.platform, cpu: process.arch, libc: process.platform === 'linux' ? linux : null };
}
