// Reads a bill of materials in CycloneDX's JSON form (1.4 to 1.7): its components and their dependencies. The file is untrusted.
// Ignores members that say nothing about origin, whatever their values.

import { shownName } from '../base/index.ts';
import { JsonFile, type JsonKind } from './json.ts';
import { nearestName } from './nearest-name.ts';

const COMPONENT_TYPES = [
  'application',
  'framework',
  'library',
  'container',
  'platform',
  'operating-system',
  'device',
  'device-driver',
  'firmware',
  'file',
  'machine-learning-model',
  'data',
  'cryptographic-asset',
] as const;

export interface BomComponent {
  ref: string | null;
  type: (typeof COMPONENT_TYPES)[number];
  /** The name with its group, if it has one: `@scope/name`. */
  name: string;
  version: string | null;
  purl: string | null;
  /** The supplier, else the manufacturer, else the publisher. */
  supplier: string | null;
  /** An SPDX expression, or the name of a licence; null if there is none, or none that fits on a line. */
  licence: string | null;
  /** `excluded`: present, but not at run time. */
  scope: 'required' | 'optional' | 'excluded';
}

export interface Bom {
  specVersion: string;
  /** The component that the bill describes. */
  subject: BomComponent | null;
  /** All components, including nested ones. */
  components: BomComponent[];
  /** The bom-refs of dependencies by bom-ref. Cycles are legal: packages depend on each other, even on themselves. */
  dependencies: Map<string, string[]>;
}

const KIND: JsonKind = {
  name: 'CycloneDX file',
  code: 'cyclonedx',
  maxBytes: 32 << 20,
  smaller: 'leave out components of files, or hand it in as several files',
  xml: {
    code: 'cyclonedx-xml',
    hint: 'write it as JSON: cyclonedx convert --input-file bom.xml --output-file bom.json',
  },
};
const VERSIONS = ['1.4', '1.5', '1.6', '1.7'];
const SCOPES = ['required', 'optional', 'excluded'] as const;
const MAX_COMPONENTS = 100_000;
/** The limit of a licence's name: tools write whole licence texts there. */
const MAX_LICENCE = 200;

/** @throws JikjiError `file-missing`, `file-broken`, `cyclonedx-...` */
export function readCycloneDx(path: string): Bom {
  const file = new JsonFile(path, KIND);
  return new Reader(file).bom(file.read());
}

/** The same of a text; `file` stands for it in errors. @throws JikjiError `cyclonedx-...` */
export function parseCycloneDx(text: string, file: string): Bom {
  const json = new JsonFile(file, KIND);
  return new Reader(json).bom(json.parse(text));
}

class Reader {
  readonly #file: JsonFile;
  #count = 0;
  /** The path of each bom-ref's owner. */
  readonly #refs = new Map<string, string>();

  constructor(file: JsonFile) {
    this.#file = file;
  }

  bom(value: unknown): Bom {
    const file = this.#file;
    const bom = file.object(value, 'the file');
    if (bom.bomFormat !== 'CycloneDX') {
      const what = bom.spdxVersion === undefined ? 'bomFormat is not "CycloneDX"' : 'this is an SPDX document';
      throw file.error('cyclonedx-format', what, `hand in a bill of materials in CycloneDX's JSON form`);
    }
    const specVersion = file.text(bom.specVersion, 'specVersion');
    if (!VERSIONS.includes(specVersion)) {
      const hint = `write it by one of ${VERSIONS.join(', ')}`;
      throw file.error('cyclonedx-version', `specVersion ${shownName(specVersion)} is not read`, hint);
    }
    const metadata = bom.metadata === undefined ? {} : file.object(bom.metadata, 'metadata');
    const components: BomComponent[] = [];
    let subject: BomComponent | null = null;
    if (metadata.component !== undefined) {
      const object = file.object(metadata.component, 'metadata.component');
      subject = this.#component(object, 'metadata.component');
      this.#all(object.components, 'metadata.component.components', components);
    }
    this.#all(bom.components, 'components', components);
    this.#services(bom.services, 'services');
    // Tools made the file: they are not components of the subject, but the graph may name them. Before 1.5 they were a list.
    if (typeof metadata.tools === 'object' && metadata.tools !== null && !Array.isArray(metadata.tools)) {
      const tools = metadata.tools as Record<string, unknown>;
      this.#all(tools.components, 'metadata.tools.components', []);
      this.#services(tools.services, 'metadata.tools.services');
    }
    return { specVersion, subject, components, dependencies: this.#graph(bom.dependencies) };
  }

  /** Adds components, each followed by its nested ones. */
  #all(value: unknown, path: string, into: BomComponent[]): void {
    for (const [i, item] of this.#file.list(value, path).entries()) {
      const at = `${path}[${i}]`;
      if (++this.#count > MAX_COMPONENTS) {
        const message = `${at} exceeds the limit of ${MAX_COMPONENTS} components`;
        throw this.#file.error('cyclonedx-too-large', message, KIND.smaller);
      }
      const object = this.#file.object(item, at);
      into.push(this.#component(object, at));
      this.#all(object.components, `${at}.components`, into);
    }
  }

  #component(object: Record<string, unknown>, path: string): BomComponent {
    const file = this.#file;
    const ref = this.#ref(object, path);
    const name = file.text(object.name, `${path}.name`);
    const group = file.optionalText(object.group, `${path}.group`);
    return {
      ref,
      type: this.#oneOf(object.type, COMPONENT_TYPES, `${path}.type`),
      name: group === null ? name : `${group}/${name}`,
      version: file.optionalText(object.version, `${path}.version`),
      purl: file.optionalText(object.purl, `${path}.purl`),
      supplier:
        this.#organisation(object.supplier, `${path}.supplier`) ??
        this.#organisation(object.manufacturer, `${path}.manufacturer`) ??
        file.optionalText(object.publisher, `${path}.publisher`),
      licence: this.#licence(object.licenses, `${path}.licenses`),
      scope: object.scope === undefined ? 'required' : this.#oneOf(object.scope, SCOPES, `${path}.scope`),
    };
  }

  /** Registers services: the graph may name them, but nobody can hold a copy of a service. */
  #services(value: unknown, path: string): void {
    for (const [i, item] of this.#file.list(value, path).entries()) {
      const service = this.#file.object(item, `${path}[${i}]`);
      this.#ref(service, `${path}[${i}]`);
      this.#services(service.services, `${path}[${i}].services`);
    }
  }

  #ref(object: Record<string, unknown>, path: string): string | null {
    const ref = this.#file.optionalText(object['bom-ref'], `${path}.bom-ref`);
    if (ref === null) return null;
    const other = this.#refs.get(ref);
    if (other !== undefined) {
      const message = `${path} and ${other} have the same bom-ref ${shownName(ref)}`;
      throw this.#file.error('cyclonedx-duplicate-ref', message, 'give each component its own bom-ref');
    }
    this.#refs.set(ref, path);
    return ref;
  }

  #organisation(value: unknown, path: string): string | null {
    if (value === undefined || value === null) return null;
    return this.#file.optionalText(this.#file.object(value, path).name, `${path}.name`);
  }

  #licence(value: unknown, path: string): string | null {
    const parts = this.#file.list(value, path).map((item, i) => {
      const { license, expression } = this.#file.object(item, `${path}[${i}]`);
      if (license === undefined) return this.#file.text(expression, `${path}[${i}].expression`);
      const { id, name } = this.#file.object(license, `${path}[${i}].license`);
      if (id !== undefined) return this.#file.text(id, `${path}[${i}].license.id`);
      return typeof name === 'string' && name.length <= MAX_LICENCE && /^\P{Cc}+$/u.test(name) ? name : null;
    });
    if (parts.length < 2) return parts[0] ?? null;
    return parts.includes(null) ? null : parts.map((part) => `(${part})`).join(' AND ');
  }

  #graph(value: unknown): Map<string, string[]> {
    const graph = new Map<string, string[]>();
    for (const [i, item] of this.#file.list(value, 'dependencies').entries()) {
      const path = `dependencies[${i}]`;
      const object = this.#file.object(item, path);
      const ref = this.#known(object.ref, `${path}.ref`);
      const on = graph.get(ref) ?? [];
      for (const [j, other] of this.#file.list(object.dependsOn, `${path}.dependsOn`).entries()) {
        on.push(this.#known(other, `${path}.dependsOn[${j}]`));
      }
      graph.set(ref, on);
    }
    return graph;
  }

  #known(value: unknown, path: string): string {
    const ref = this.#file.text(value, path);
    if (this.#refs.has(ref)) return ref;
    // The search time grows with the number and the length of the names.
    const names = [...this.#refs.keys()].slice(0, 1000).filter((name) => name.length <= 200);
    const near = nearestName(ref, names);
    const hint = near ? `did you mean ${shownName(near.name)}?` : 'name a component or service by its bom-ref';
    throw this.#file.error(
      'cyclonedx-unknown-ref',
      `${path} names ${shownName(ref)}, which is not a bom-ref of this file`,
      hint,
    );
  }

  #oneOf<T extends string>(found: unknown, values: readonly T[], path: string): T {
    const value = this.#file.text(found, path);
    if ((values as readonly string[]).includes(value)) return value as T;
    const near = nearestName(value, values);
    const hint = near ? `did you mean ${near.name}?` : `it is one of ${values.join(', ')}`;
    throw this.#file.error('cyclonedx-range', `${path} is ${shownName(value)}`, hint);
  }
}
