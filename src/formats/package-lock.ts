// Reads npm's package-lock.json (versions 2 and 3): the packages that an install without development packages puts on a platform.
// The file is untrusted. Knows nothing of registries: a lock names no supplier.

import { JsonFile, type JsonKind } from './json.ts';

/** In Node's names: `linux`, `x64`. `libc`: `glibc` or `musl`; null if there is neither, or if it is unknown. */
export interface Platform {
  os: string;
  cpu: string;
  libc: string | null;
}

export interface LockedPackage {
  /** The published name, even if it is installed under another one. */
  name: string;
  version: string;
  /** An SPDX expression, or the package's own words; null if it has none. */
  licence: string | null;
  /** `sha512-...` in base64; null for a package that does not come from a registry. */
  integrity: string | null;
}

const KIND: JsonKind = {
  name: 'package-lock.json',
  code: 'package-lock',
  maxBytes: 32 << 20,
  smaller: 'hand in the lock file of the part in use',
};
const MAX_PACKAGES = 100_000;
const INSTALLED = 'node_modules/';

/**
 * Each name and version once, in the order of the lock. Includes packages that only packages of other platforms need: a lock does not
 * mark them.
 * @throws JikjiError `file-missing`, `file-broken`, `package-lock-...`
 */
export function readPackageLock(path: string, platform: Platform): LockedPackage[] {
  const file = new JsonFile(path, KIND);
  return packagesOf(file, file.read(), platform);
}

/** Reads the text of a lock; `file` names it in errors. @throws JikjiError `package-lock-...` */
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
    const hint = 'write it again: npm install --package-lock-only --lockfile-version 3';
    throw file.error('package-lock-version', message, hint);
  }
  const entries = Object.entries(file.object(lock.packages, 'packages'));
  if (entries.length > MAX_PACKAGES) {
    const message = `packages has ${entries.length} entries; the limit is ${MAX_PACKAGES}`;
    throw file.error('package-lock-too-large', message, KIND.smaller);
  }
  const found = new Map<string, LockedPackage>();
  for (const [key, entry] of entries) {
    const path = `packages[${JSON.stringify(key.length > 200 ? `${key.slice(0, 199)}…` : key)}]`;
    const object = file.object(entry, path);
    const at = key.lastIndexOf(INSTALLED);
    // The project and its workspaces are not installed; a link leads to one of them.
    if (at < 0 || object.link === true) continue;
    const name =
      object.name === undefined
        ? file.text(key.slice(at + INSTALLED.length), `the name in ${path}`)
        : file.text(object.name, `${path}.name`);
    const version = file.text(object.version, `${path}.version`);
    const integrity = file.optionalText(object.integrity, `${path}.integrity`);
    const isForPlatform = (['os', 'cpu', 'libc'] as const).every((member) =>
      allows(textsOf(file, object[member], `${path}.${member}`), platform[member]),
    );
    const id = `${name}@${version}`;
    if (!isForPlatform || object.dev === true || found.has(id)) continue;
    found.set(id, { name, version, licence: licenceOf(object.license), integrity });
  }
  return [...found.values()];
}

/** npm keeps the package's form: a list, or one name. */
function textsOf(file: JsonFile, value: unknown, path: string): string[] {
  if (typeof value === 'string') return [file.text(value, path)];
  return file.list(value, path).map((item, i) => file.text(item, `${path}[${i}]`));
}

/** npm's rule: the value is not excluded with "!", and it is in the list if the list has names without "!". */
function allows(list: readonly string[], value: string | null): boolean {
  if (list.length === 0) return true;
  if (value === null || list.includes(`!${value}`)) return false;
  return list.includes(value) || list.every((item) => item.startsWith('!') || item === 'any');
}

/** Old packages have { type, url }, or a list of these; the lock keeps their form. */
function licenceOf(value: unknown): string | null {
  const text = typeof value === 'object' && value !== null && 'type' in value ? value.type : value;
  return typeof text === 'string' && text.length <= 200 && /^\P{Cc}+$/u.test(text) ? text : null;
}
