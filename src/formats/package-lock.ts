// Reads npm's package-lock.json (versions 2 and 3): what an install without development packages puts on a platform. The file
// is hostile until parsed. Knows nothing of registries: a lock names no supplier.

import { JsonFile, type JsonKind } from './json.ts';

/** As Node names them: `linux`, `x64`. `libc`: `glibc` or `musl`; null where there is neither, or it is not known. */
export interface Platform {
  os: string;
  cpu: string;
  libc: string | null;
}

export interface LockedPackage {
  /** As it is published, whatever name it is installed under. */
  name: string;
  version: string;
  /** An SPDX expression, or what the package says instead; null where it says nothing. */
  licence: string | null;
  /** `sha512-...` in base64; null for what does not come from a registry. */
  integrity: string | null;
}

const KIND: JsonKind = {
  name: 'package-lock.json',
  code: 'package-lock',
  mostBytes: 32 << 20,
  smaller: 'hand in the lock file of the part that is used',
};
const MAX_PACKAGES = 100_000;
const INSTALLED = 'node_modules/';

/**
 * Each name and version once, in the lock's order. What only packages of other platforms need is among them: a lock does not mark it.
 * @throws JikjiError `file-missing`, `file-broken`, `package-lock-...`
 */
export function readPackageLock(path: string, platform: Platform): LockedPackage[] {
  const file = new JsonFile(path, KIND);
  return packagesOf(file, file.read(), platform);
}

/** The same of a text; `file` stands for it in errors. @throws JikjiError `package-lock-...` */
export function parsePackageLock(text: string, file: string, platform: Platform): LockedPackage[] {
  const json = new JsonFile(file, KIND);
  return packagesOf(json, json.parse(text), platform);
}

function packagesOf(file: JsonFile, value: unknown, platform: Platform): LockedPackage[] {
  const lock = file.object(value, 'the file');
  if (lock.lockfileVersion !== 2 && lock.lockfileVersion !== 3) {
    const version = lock.lockfileVersion;
    const message = Number.isSafeInteger(version)
      ? `lockfileVersion ${version} is not read`
      : 'lockfileVersion is not 2 or 3';
    throw file.error(
      'package-lock-version',
      message,
      'write it anew: npm install --package-lock-only --lockfile-version 3',
    );
  }
  const entries = Object.entries(file.object(lock.packages, 'packages'));
  if (entries.length > MAX_PACKAGES) {
    const message = `packages has ${entries.length} entries; ${MAX_PACKAGES} are the most`;
    throw file.error('package-lock-too-large', message, KIND.smaller);
  }
  const found = new Map<string, LockedPackage>();
  for (const [key, entry] of entries) {
    const path = `packages[${JSON.stringify(key.length > 200 ? `${key.slice(0, 199)}…` : key)}]`;
    const object = file.object(entry, path);
    const at = key.lastIndexOf(INSTALLED);
    // The project itself and its workspaces are not installed; a link only leads to one of them.
    if (at < 0 || object.link === true) continue;
    const name =
      object.name === undefined
        ? file.text(key.slice(at + INSTALLED.length), `the name in ${path}`)
        : file.text(object.name, `${path}.name`);
    const version = file.text(object.version, `${path}.version`);
    const integrity = file.optionalText(object.integrity, `${path}.integrity`);
    const fits = (['os', 'cpu', 'libc'] as const).every((member) =>
      fitting(wanted(file, object[member], `${path}.${member}`), platform[member]),
    );
    const id = `${name}@${version}`;
    if (!fits || object.dev === true || found.has(id)) continue;
    found.set(id, { name, version, licence: licenceOf(object.license), integrity });
  }
  return [...found.values()];
}

/** npm keeps what the package wrote: a list, or the one name. */
function wanted(file: JsonFile, value: unknown, path: string): string[] {
  if (typeof value === 'string') return [file.text(value, path)];
  return file.list(value, path).map((item, i) => file.text(item, `${path}[${i}]`));
}

/** By npm's rule: none of those that are ruled out with "!", and one of the others where there are any. */
function fitting(list: readonly string[], value: string | null): boolean {
  if (list.length === 0) return true;
  if (value === null || list.includes(`!${value}`)) return false;
  return list.includes(value) || list.every((item) => item.startsWith('!') || item === 'any');
}

/** Old packages say { type, url }, or a list of such; the lock has it as they wrote it. */
function licenceOf(value: unknown): string | null {
  const text = typeof value === 'object' && value !== null && 'type' in value ? value.type : value;
  return typeof text === 'string' && text.length <= 200 && /^\P{Cc}+$/u.test(text) ? text : null;
}
