// Bills of materials: what is read from them, and the errors for hostile ones.

import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JikjiError } from '../base/index.ts';
import { temporaryFolder } from '../base/testing/temporary-folder.ts';
import { parseCycloneDx, readCycloneDx } from './cyclonedx.ts';

const folder = temporaryFolder();

type Json = Record<string, unknown>;

const bom = (rest: Json): Json => ({ bomFormat: 'CycloneDX', specVersion: '1.6', ...rest });
const library = (name: unknown, rest: Json = {}): Json => ({ type: 'library', name, ...rest });
const parse = (value: unknown) => parseCycloneDx(typeof value === 'string' ? value : JSON.stringify(value), 'bom.json');

function errorOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (error instanceof JikjiError) return error;
    throw error;
  }
  throw new Error('it was read');
}

test.each(['1.4', '1.5', '1.6', '1.7'])('components of version %s', (specVersion) => {
  const found = parse({
    ...bom({ serialNumber: 5, unknown: [{ name: 5 }] }),
    specVersion,
    metadata: {
      tools:
        specVersion === '1.4'
          ? [{ vendor: 'x', name: 'y' }]
          : {
              components: [library('the tool', { 'bom-ref': 'tool' })],
              services: [{ name: 's', 'bom-ref': 'scanner' }],
            },
      component: { type: 'application', name: 'app', 'bom-ref': 'app', components: [library('part of it')] },
    },
    components: [
      library('core', {
        'bom-ref': 'core',
        group: '@scope',
        version: '1.2.3',
        purl: 'pkg:npm/%40scope/core@1.2.3',
        supplier: { name: '공급자' },
        manufacturer: { name: 'not asked any more' },
        publisher: 'nor this',
        licenses: [{ license: { id: 'MIT' } }],
        components: [
          library('inner', {
            manufacturer: { name: 'Maker' },
            licenses: [{ license: { id: 'MIT' } }, { expression: 'ISC OR Zlib' }],
            components: [{ type: 'file', name: 'inmost', publisher: 'Publisher', scope: 'excluded' }],
          }),
        ],
      }),
      library('__proto__', {
        'bom-ref': '__proto__',
        version: '',
        supplier: { url: ['https://example.com'] },
        licenses: [{ license: { id: 'MIT' } }, { license: { name: `Copyright\n${'x'.repeat(10_000)}` } }],
      }),
    ],
    services: [{ name: 'outer', 'bom-ref': 'outer', services: [{ name: 'inner', 'bom-ref': 'inside' }] }],
    dependencies: [
      { ref: 'app', dependsOn: ['core', 'inside'] },
      { ref: 'core', dependsOn: ['__proto__'] },
      { ref: '__proto__', dependsOn: ['core', '__proto__'] },
      { ref: 'app', dependsOn: ['outer'] },
      ...(specVersion === '1.4' ? [] : [{ ref: 'tool', dependsOn: ['scanner'] }]),
    ],
  });
  const nothing = { ref: null, version: null, purl: null, supplier: null, licence: null, scope: 'required' };
  expect(found.specVersion).toBe(specVersion);
  expect(found.subject).toEqual({ ...nothing, ref: 'app', type: 'application', name: 'app' });
  expect(found.components).toEqual([
    { ...nothing, type: 'library', name: 'part of it' },
    {
      ref: 'core',
      type: 'library',
      name: '@scope/core',
      version: '1.2.3',
      purl: 'pkg:npm/%40scope/core@1.2.3',
      supplier: '공급자',
      licence: 'MIT',
      scope: 'required',
    },
    { ...nothing, type: 'library', name: 'inner', supplier: 'Maker', licence: '(MIT) AND (ISC OR Zlib)' },
    { ...nothing, type: 'file', name: 'inmost', supplier: 'Publisher', scope: 'excluded' },
    { ...nothing, ref: '__proto__', type: 'library', name: '__proto__' },
  ]);
  // Circles are legal, and so is a second entry.
  expect([...found.dependencies].slice(0, 3)).toEqual([
    ['app', ['core', 'inside', 'outer']],
    ['core', ['__proto__']],
    ['__proto__', ['core', '__proto__']],
  ]);
  expect(Object.prototype).not.toHaveProperty('ref');
});

test('an empty file, and a file with a byte order mark', () => {
  const nothing = { specVersion: '1.6', subject: null, components: [], dependencies: new Map() };
  expect(parse(bom({}))).toEqual(nothing);
  expect(parse(`\ufeff${JSON.stringify(bom({}))}`)).toEqual(nothing);
});

const graph = (dependencies: unknown) =>
  bom({ components: [library('a', { 'bom-ref': 'pkg:a' }), library('b', { 'bom-ref': 'pkg:b' })], dependencies });
const seventeenth = (name: unknown) =>
  bom({ components: [...Array.from({ length: 17 }, () => library('a')), library(name)] });
let nested = library('inmost');
for (let i = 0; i < 31; i++) nested = library(`level ${i}`, { components: [nested] });

test.for<[name: string, value: unknown, code: string, message: string, hint: string]>([
  ['XML', '<?xml version="1.0"?><bom/>', 'xml', 'this is XML', 'cyclonedx convert'],
  ['SPDX', { spdxVersion: 'SPDX-2.3' }, 'format', 'SPDX', 'CycloneDX'],
  ['something else', {}, 'format', 'bomFormat is not "CycloneDX"', 'CycloneDX'],
  ['a list', [], 'type', 'the file must be an object, not a list', 'write an object'],
  ['nothing', '', 'json', 'not JSON', 'a complete CycloneDX file'],
  ['cut off', '{"bomFormat": "CycloneDX",\n "comp', 'json', 'not JSON', 'a complete CycloneDX file'],
  [
    'an old version',
    { ...bom({}), specVersion: '1.3' },
    'version',
    'specVersion "1.3" is not read',
    '1.4, 1.5, 1.6, 1.7',
  ],
  [
    'a number for a version',
    { ...bom({}), specVersion: 1.6 },
    'type',
    'specVersion must be text, not the number 1.6',
    'text',
  ],
  ['no list', bom({ components: { 0: library('a') } }), 'type', 'components must be a list, not an object', 'a list'],
  [
    'no object',
    bom({ components: [library('a'), 'b'] }),
    'type',
    'components[1] must be an object, not text',
    'object',
  ],
  ['null', bom({ components: [null] }), 'type', 'components[0] must be an object, not null', 'object'],
  ['a name of another type', seventeenth(17), 'type', 'components[17].name must be text, not the number 17', 'text'],
  ['no name', seventeenth(undefined), 'missing', 'components[17].name is missing', 'write it: text'],
  ['an empty name', seventeenth(''), 'text', 'components[17].name is empty', 'what it is'],
  ['a huge name', seventeenth('x'.repeat(5e6)), 'text', 'components[17].name has 5000000 characters', 'shorter'],
  [
    'a name that steers',
    seventeenth('\u001b[2J'),
    'text',
    'components[17].name contains the control character U+001B',
    'remove it',
  ],
  [
    'a name that turns',
    seventeenth('a\u202eb'),
    'text',
    'components[17].name contains the control character U+202E',
    'remove it',
  ],
  ['half a character', seventeenth('a\ud800'), 'text', 'components[17].name contains half of a character', 'remove it'],
  [
    'an unknown type',
    bom({ components: [library('a', { type: 'libary' })] }),
    'range',
    'components[0].type is "libary"',
    'did you mean library?',
  ],
  [
    'an unknown scope',
    bom({ components: [library('a', { scope: 'x' })] }),
    'range',
    'components[0].scope is "x"',
    'required, optional, excluded',
  ],
  [
    'a supplier that is text',
    bom({ components: [library('a', { supplier: 'b' })] }),
    'type',
    'components[0].supplier must be an object, not text',
    'object',
  ],
  [
    'licences that are text',
    bom({ components: [library('a', { licenses: 'MIT' })] }),
    'type',
    'components[0].licenses must be a list, not text',
    'list',
  ],
  [
    'a licence that is none',
    bom({ components: [library('a', { licenses: [{}] })] }),
    'missing',
    'components[0].licenses[0].expression is missing',
    'text',
  ],
  [
    'wrong inside',
    bom({ components: [library('a', { components: [library('b'), library(1)] })] }),
    'type',
    'components[0].components[1].name must be',
    'text',
  ],
  [
    'a bom-ref twice',
    bom({
      components: [library('a', { 'bom-ref': 'x' }), library('b', { components: [library('c', { 'bom-ref': 'x' })] })],
    }),
    'duplicate-ref',
    'components[1].components[0] and components[0] have the same bom-ref "x"',
    'its own',
  ],
  [
    'an unknown ref',
    graph([{ ref: 'pkg:c' }]),
    'unknown-ref',
    'dependencies[0].ref names "pkg:c", which is not a bom-ref of this file',
    'did you mean "pkg:a"?',
  ],
  [
    'an unknown dependency',
    graph([{ ref: 'pkg:a', dependsOn: ['pkg:b', 'else'] }]),
    'unknown-ref',
    'dependencies[0].dependsOn[1] names "else"',
    'bom-ref',
  ],
  [
    'a name of every object',
    graph([{ ref: 'constructor' }]),
    'unknown-ref',
    'dependencies[0].ref names "constructor"',
    'bom-ref',
  ],
  [
    'a name that is inherited',
    '{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","__proto__":{"name":"a"}}]}',
    'missing',
    'components[0].name is missing',
    'text',
  ],
  ['dependencies by name', graph({ 'pkg:a': ['pkg:b'] }), 'type', 'dependencies must be a list, not an object', 'list'],
  ['deep components', bom({ components: [nested] }), 'too-deep', 'nested deeper than 64 levels', 'with fewer levels'],
  [
    'millions of brackets',
    '['.repeat(5e6),
    'too-deep',
    'nested deeper than 64 levels (at character 64)',
    'with fewer levels',
  ],
  ['millions of values', `[${'[],'.repeat(5e6)}[]]`, 'too-large', 'more than 4194304 values', 'several files'],
  ['a quote that never closes', `{"a": "${'\\'.repeat(5e6)}`, 'json', 'not JSON', 'a complete CycloneDX file'],
  [
    'too many components',
    bom({ components: Array.from({ length: 100_001 }, () => library('a')) }),
    'too-large',
    'components[100000] exceeds the limit of 100000',
    'several files',
  ],
])('%s: the error names the entry', ([_, value, code, message, hint]) => {
  const error = errorOf(() => parse(value));
  expect(error).toMatchObject({ code: `cyclonedx-${code}`, input: 'bom.json' });
  expect(error.message).toContain(message);
  expect(error.message.length).toBeLessThan(300);
  expect(error.hint).toContain(hint);
});

test('the largest allowed depth and number', () => {
  const { components } = nested as { components: Json[] };
  expect(parse(bom({ components })).components).toHaveLength(31);
  const refs = Array.from({ length: 100_000 }, (_, i) => `pkg:npm/a${i}@1.0.0`);
  const many = bom({
    components: refs.map((ref, i) => library(`a${i}`, { 'bom-ref': ref, purl: ref })),
    dependencies: refs.map((ref, i) => ({ ref, dependsOn: [refs[(i + 1) % refs.length]] })),
  });
  const found = parse(many);
  expect(found.components).toHaveLength(refs.length);
  expect(found.dependencies.get(refs.at(-1)!)).toEqual([refs[0]]);
});

test('a file that does not exist, is not a plain file, is too large, or is not UTF-8', () => {
  const path = join(folder, 'bom.json');
  writeFileSync(path, JSON.stringify(bom({ components: [library('a')] })));
  expect(readCycloneDx(path).components).toHaveLength(1);
  expect(errorOf(() => readCycloneDx(join(folder, 'none')))).toMatchObject({ code: 'file-missing' });
  expect(errorOf(() => readCycloneDx(folder))).toMatchObject({ code: 'file-broken', message: 'is not a file' });
  writeFileSync(path, Buffer.from([0x7b, 0xff]));
  expect(errorOf(() => readCycloneDx(path))).toMatchObject({ code: 'file-broken', message: 'is not UTF-8' });
  truncateSync(path, 50 << 20);
  expect(errorOf(() => readCycloneDx(path))).toMatchObject({
    code: 'cyclonedx-too-large',
    message: 'has 50.0 MiB; the limit of a CycloneDX file is 32 MiB',
    input: path,
  });
});
