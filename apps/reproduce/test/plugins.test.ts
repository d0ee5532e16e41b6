import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cliBed } from './cli-bed.ts';

const PACKAGES = fileURLToPath(new URL('../node_modules/@d3pm/', import.meta.url));
/** Redraws from a law that favours state 0. */
const STICKY = `import { assertOptionNames } from '@d3pm/core';
import { defineTransition, rankOneMixing } from '@d3pm/transitions';

export const sticky = defineTransition({
  name: 'acme/sticky',
  unit: 'jump-probability',
  parse: (options) => assertOptionNames('acme/sticky', options, ['weight']),
  create: ({ numStates, schedule }, { weight = 0.5 }) =>
    rankOneMixing({
      name: 'acme/sticky',
      schedule,
      target: Float64Array.from({ length: numStates }, (_, k) => (k === 0 ? weight : (1 - weight) / (numStates - 1))),
    }),
});
`;
const CONFIG = `
data: { name: moby-dick, length: 8 }
transition: acme/sticky
schedule: { name: cosine, numSteps: 4 }
model: { name: transformer, numChannels: 8, numBlocks: 1, numHeads: 2 }
loss: hybrid
training: { numSteps: 2, batchSize: 4 }
evaluation: { samples: 0, testExamples: 0 }
`;

const { at, d3pm, remove } = cliBed();
const train = (...args: readonly string[]): ReturnType<typeof d3pm> =>
  d3pm('train', 'text.yaml', '--out', 'run', '--engine', 'cpu', '--quiet', ...args);
const install = (name: string, content: object): void => {
  mkdirSync(at('node_modules', name), { recursive: true });
  writeFileSync(at('node_modules', name, 'package.json'), JSON.stringify({ name, version: '1.0.0', type: 'module', ...content }));
  writeFileSync(at('node_modules', name, 'index.js'), STICKY);
};
const project = (content: object): void =>
  writeFileSync(at('package.json'), JSON.stringify({ name: 'project', type: 'module', ...content }));

beforeAll(() => {
  mkdirSync(at('node_modules'));
  symlinkSync(PACKAGES, at('node_modules/@d3pm'));
  writeFileSync(at('text.yaml'), CONFIG);
  writeFileSync(at('sticky.js'), STICKY);
});
afterAll(remove);
beforeEach(() => {
  project({});
  rmSync(at('run'), { recursive: true, force: true });
  rmSync(at('node_modules/sticky-noise'), { recursive: true, force: true });
});

describe('a plugin of somebody else', () => {
  it('is found by its name in a package that the project depends on, and is there for what follows', () => {
    project({ dependencies: { 'sticky-noise': '1' } });
    install('sticky-noise', { exports: './index.js', keywords: ['d3pm-transition'] });
    expect(train()).toMatchObject({ code: 0, err: '' });
    const config = JSON.parse(readFileSync(at('run/ckpt-00000002/config.json'), 'utf8')) as { config: { transition: object } };
    expect(config.config.transition).toEqual({ name: 'acme/sticky' });
    expect(d3pm('sample', 'run', '--count', '2', '--out', 'samples', '--engine', 'cpu', '--quiet')).toMatchObject({ code: 0, err: '' });
    expect(existsSync(at('samples/samples.txt'))).toBe(true);
    expect(d3pm('eval', 'run', '--examples', '2', '--out', 'bound', '--engine', 'cpu', '--quiet')).toMatchObject({ code: 0, err: '' });
  });

  it.each([
    ['no dependency of the project', {}, { exports: './index.js', keywords: ['d3pm-transition'] }],
    ['of keywords that are none', { dependencies: { 'sticky-noise': '1' } }, { exports: './index.js', keywords: 'd3pm-transition' }],
    ['without the keyword', { dependencies: { 'sticky-noise': '1' } }, { exports: './index.js', keywords: ['d3pm-schedule'] }],
  ])('is not taken from a package that is %s, whose code is not run', (_, dependencies, content) => {
    project(dependencies);
    install('sticky-noise', content);
    writeFileSync(at('node_modules/sticky-noise/index.js'), `console.log('run');\n${STICKY}`);
    const { code, out, err } = train();
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('error UNKNOWN_NAME: registry: no transition is named "acme/sticky"');
  });

  it('is taken from a file or a package that the config lists, with its options', () => {
    expect(train('plugins=[./sticky.js]', 'transition.weight=0.9')).toMatchObject({ code: 0, err: '' });
    const sample = (...args: readonly string[]): ReturnType<typeof d3pm> =>
      d3pm('sample', 'run', '--count', '2', '--out', 'trusted', '--engine', 'cpu', '--quiet', ...args);
    // A run may be somebody else's.
    expect(sample()).toMatchObject({
      code: 2,
      err: expect.stringContaining('trained with the plugins ./sticky.js, whose code would be run from here') as string,
    });
    expect(sample('--trust-plugins')).toMatchObject({ code: 0, err: '' });
    rmSync(at('run'), { recursive: true });
    install('sticky-noise', { exports: './index.js' });
    expect(train('plugins=[sticky-noise]')).toMatchObject({ code: 0, err: '' });
    expect(train('plugins=[./sticky.js]', '--allow-change')).toMatchObject({ code: 0 });
  });

  it.each([
    ['[./nowhere.js]', 2, 'plugins: cannot load "./nowhere.js" (Cannot find module'],
    ['[nowhere]', 2, '; npm i nowhere, or a file as ./nowhere'],
    ['[./none.js]', 2, 'plugins: "./none.js" exports no plugin, but answer; a plugin is a value with specVersion, kind and name'],
    ['[./throws.js]', 2, 'plugins: cannot load "./throws.js" (not today)'],
    ['[./old.js]', 1, 'plugin "acme/sticky" follows specification 7, this release knows 1'],
    ['[./sticky.js, ./again.js]', 1, 'two different transition plugins are named "acme/sticky"'],
  ])('%s is refused', (plugins, exitCode, message) => {
    writeFileSync(at('none.js'), 'export const answer = 42;\n');
    writeFileSync(at('throws.js'), "throw new Error('not today');\n");
    writeFileSync(
      at('old.js'),
      `${STICKY}\nexport const old = { ...sticky, specVersion: 7 };\n`.replace('export const sticky', 'const sticky'),
    );
    cpSync(at('sticky.js'), at('again.js'));
    const { code, out, err } = train(`plugins=${plugins}`);
    expect([code, out]).toEqual([exitCode, '']);
    expect(err).toContain(message);
  });

  it('has its laws tried on request: one that is broken is told, with exit code 1', () => {
    const inspect = (file: string): ReturnType<typeof d3pm> =>
      d3pm('inspect', '--transition', 'acme/sticky', '--schedule', 'cosine', '--steps', '9', '--plugins', file, '--check');
    expect(inspect('./sticky.js')).toMatchObject({ code: 0, out: expect.stringContaining('keeps the laws of a transition') as string });
    // A matrix that is not what the maps do.
    const wrong = STICKY.replace('rankOneMixing({', 'broken({').replace(
      'export const',
      `const broken = (options) => {
  const transition = rankOneMixing(options);
  return { ...transition, toDense: (s, t) => transition.toDense(s, t).map((p, i) => (i === 1 ? p + 0.01 : p)) };
};
export const`,
    );
    writeFileSync(at('broken.js'), wrong);
    expect(inspect('./broken.js')).toMatchObject({
      code: 1,
      out: expect.stringMatching(/BROKEN maps are the matrix of toDense: .*\n[^]*breaks laws of a transition/u) as string,
    });
  });
});
