import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkArrows } from '../src/check-arrows.ts';
import { findCycle } from '../src/cycles.ts';
import { importsOf } from '../src/imports.ts';

const roots: string[] = [];
afterEach(() => roots.splice(0).forEach((root) => rmSync(root, { recursive: true })));

const entry = (name: string): object => ({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` });
const sound: Readonly<Record<string, string | object>> = {
  'package.json': { name: 'root', devDependencies: { vitest: '5' } },
  'tsconfig.json': {
    references: ['packages/core', 'packages/models', 'packages/engine', 'apps/demo', 'tsconfig.tests.json'].map((path) => ({ path })),
  },
  'tsconfig.tests.json': { references: ['packages/core', 'packages/models', 'packages/engine', 'apps/demo'].map((path) => ({ path })) },
  'packages/core/package.json': {
    name: '@d3pm/core',
    exports: { '.': entry('index') },
    peerDependencies: { '@tensorflow/tfjs-core': '4' },
  },
  'packages/core/tsconfig.json': {},
  'packages/core/src/index.ts': "export { one } from './one.ts';",
  'packages/core/src/one.ts': "import { add } from '@tensorflow/tfjs-core';\nexport const one = add;",
  'packages/core/test/one.test.ts': "import { it } from 'vitest';\nimport { one } from '../src/one.ts';\nit('', one);",
  'packages/models/package.json': { name: '@d3pm/models', exports: { '.': entry('index') }, dependencies: { '@d3pm/core': '*' } },
  'packages/models/tsconfig.json': { references: [{ path: '../core' }] },
  'packages/models/src/index.ts': "export { one } from '@d3pm/core';",
  'packages/engine/package.json': {
    name: '@d3pm/engine',
    exports: { '.': entry('index') },
    dependencies: { '@d3pm/core': '*', '@tensorflow/tfjs-backend-wasm': '4' },
  },
  'packages/engine/tsconfig.json': { references: [{ path: '../core' }] },
  'packages/engine/src/index.ts': "import 'node:fs';\nimport '@tensorflow/tfjs-backend-wasm';",
  'apps/demo/package.json': {
    name: '@d3pm/demo',
    exports: { './package.json': './package.json' },
    dependencies: { '@d3pm/models': '*', '@d3pm/engine': '*' },
  },
  'apps/demo/tsconfig.json': { references: [{ path: '../../packages/models' }, { path: '../../packages/engine' }] },
  'packages/core/bench/speed.mjs': "import '../dist/one.js';",
  'apps/demo/src/cli.ts': "import 'node:fs';\nimport { one } from '@d3pm/models';\none();",
};

/** Messages for the sound workspace with some files replaced or added. */
function messages(changed: Readonly<Record<string, string | object>>): readonly string[] {
  const root = mkdtempSync(join(tmpdir(), 'd3pm-arrows-'));
  roots.push(root);
  for (const [path, content] of Object.entries({ ...sound, ...changed })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return checkArrows(root).violations.map(({ path, line, message }) => `${path}:${line}: ${message}`);
}

describe('checkArrows', () => {
  it('finds nothing in a sound workspace, and has read all of it', () => {
    expect(messages({})).toEqual([]);
    expect(checkArrows(roots[0]!)).toMatchObject({ files: 7, imports: 10 });
  });

  it.each<[string, Readonly<Record<string, string | object>>, string]>([
    [
      'a sibling',
      { 'packages/models/src/index.ts': "export * from '@d3pm/engine';" },
      'packages/models/src/index.ts:1: @d3pm/engine is a sibling',
    ],
    [
      'a sibling, for its types',
      { 'packages/models/src/index.ts': "\nexport type { A } from '@d3pm/engine';" },
      'packages/models/src/index.ts:2: @d3pm/engine is a sibling',
    ],
    ['an app', { 'packages/models/src/index.ts': "import '@d3pm/demo';" }, '@d3pm/demo is not a library'],
    ['itself by name', { 'packages/core/src/one.ts': "import '@d3pm/core';" }, '@d3pm/core is the package itself'],
    ['a package that is not there', { 'apps/demo/src/cli.ts': "import '@d3pm/modles';" }, '@d3pm/modles is no project'],
    ['past exports', { 'apps/demo/src/cli.ts': "import '@d3pm/models/dist/index.js';" }, '@d3pm/models does not export ./dist/index.js'],
    ['into another project', { 'apps/demo/src/cli.ts': "import '../../../packages/core/src/one.ts';" }, 'leaves the project'],
    ['a test from a source', { 'packages/core/src/one.ts': "import '../test/one.test.ts';" }, 'leaves src'],
    ['without extension', { 'packages/core/src/index.ts': "import './one';" }, './one has no file extension'],
    [
      'a file that is not there',
      { 'packages/core/src/index.ts': "import './one.ts';\nimport './two.ts';" },
      'packages/core/src/index.ts:2: ./two.ts does not exist',
    ],
    [
      'what no source compiles to',
      { 'packages/core/bench/speed.mjs': "import '../dist/one.js';\nimport '../dist/two.js';" },
      'packages/core/bench/speed.mjs:2: ../dist/two.js does not exist',
    ],
    [
      'a back end, in an app',
      { 'apps/demo/src/cli.ts': "await import('@tensorflow/tfjs-backend-wasm');" },
      '@tensorflow/tfjs-backend-wasm is a back end',
    ],
    [
      'the inside of tfjs-core',
      { 'packages/core/src/one.ts': "import '@tensorflow/tfjs-core/dist/register_all_gradients';" },
      'is the inside of tfjs-core',
    ],
    ['Node, in a package for browsers', { 'packages/core/src/one.ts': "import 'node:fs';" }, 'node:fs does not exist in a browser'],
    ['Node without its prefix', { 'apps/demo/src/cli.ts': "import 'fs';" }, 'write node:fs'],
    ['what is not declared', { 'apps/demo/src/cli.ts': "import '@d3pm/core';" }, '@d3pm/core is not among the dependencies'],
    ['a test runner in a source', { 'packages/core/src/one.ts': "import 'vitest';" }, 'vitest is for tests'],
    ['a file nobody reaches', { 'packages/core/src/two.ts': 'export const two = 2;' }, 'packages/core/src/two.ts:1: cannot be reached'],
    [
      'an export without source',
      {
        'packages/models/package.json': {
          name: '@d3pm/models',
          exports: { '.': entry('index'), './node': entry('node/index') },
          dependencies: { '@d3pm/core': '*' },
        },
      },
      'packages/models/src/node/index.ts would compile to',
    ],
    [
      'a cycle of files',
      { 'packages/core/src/one.ts': "export * from './two.ts';", 'packages/core/src/two.ts': "export * from './one.ts';" },
      'one.ts → packages/core/src/two.ts → packages/core/src/one.ts',
    ],
    ['a cycle of packages', { 'packages/core/test/one.test.ts': "import '@d3pm/models';" }, '@d3pm/models → @d3pm/core → @d3pm/models'],
    [
      'a tsconfig out of step',
      { 'packages/models/tsconfig.json': {} },
      'packages/models/tsconfig.json:1: does not reference packages/core',
    ],
    [
      'a reference too many',
      { 'packages/core/tsconfig.json': { references: [{ path: '../engine' }] } },
      'packages/core/tsconfig.json:1: references packages/engine',
    ],
  ])('refuses %s', (_title, changed, expected) => {
    expect(messages(changed).join('\n')).toContain(expected);
  });

  it('allows a cycle that is erased', () => {
    const one = "import type { Two } from './two.ts';\nexport type One = Two;";
    const two = "import type { One } from './one.ts';\nexport type Two = One | 1;";
    expect(messages({ 'packages/core/src/one.ts': one, 'packages/core/src/two.ts': two })).toEqual([]);
  });
});

describe('importsOf', () => {
  it('sees every form of import, and nothing in comments or texts', () => {
    const text = [
      "import a from 'a';",
      "import type { B } from 'b';",
      "export * from 'c';",
      "const d = await import('d');",
      "type E = import('e').E;",
      "// import 'f';",
      'const g = "import \'g\'";',
    ].join('\n');
    expect(importsOf('x.ts', text)).toEqual([
      { specifier: 'a', line: 1, typeOnly: false },
      { specifier: 'b', line: 2, typeOnly: true },
      { specifier: 'c', line: 3, typeOnly: false },
      { specifier: 'd', line: 4, typeOnly: false },
      { specifier: 'e', line: 5, typeOnly: true },
    ]);
  });
});

describe('findCycle', () => {
  it('finds a cycle behind a diamond, and none in the diamond', () => {
    const diamond = { a: ['b', 'c'], b: ['d'], c: ['d'] };
    expect(findCycle(new Map(Object.entries(diamond)))).toBeUndefined();
    expect(findCycle(new Map(Object.entries({ ...diamond, d: ['c'] })))).toEqual(['d', 'c', 'd']);
  });
});
