import { describe, expect, it } from 'vitest';
import { lockFaults } from '../src/lock-faults.ts';
import { rangeFaults } from '../src/range-faults.ts';
import { versionFaults, type Versioned } from '../src/version-faults.ts';
import { madePacked } from './made-packed.ts';

describe('versionFaults', () => {
  const manifest = (version: string, rest: object = {}): string => JSON.stringify({ name: 'a', version, ...rest });
  const sound: Versioned = {
    folder: 'packages/a',
    before: manifest('0.1.0'),
    after: manifest('0.2.0'),
    changelog: '# a\n\n## 0.2.0\n\n- new\n',
  };
  const secret = JSON.stringify({ name: 'tool', private: true });
  const kept: Versioned = { folder: 'tooling/tool', before: secret, after: secret, changelog: undefined };

  it('finds nothing where all that is published has one new version, and the rest none', () => {
    expect(versionFaults([sound, { ...sound, folder: 'packages/b' }, kept])).toEqual([]);
  });

  it.each([
    [
      'two versions',
      [sound, { ...sound, after: manifest('0.1.1'), changelog: '## 0.1.1' }],
      'there is more than one version: a 0.2.0, a 0.1.1',
    ],
    [
      'a release without a changeset',
      [{ ...sound, after: sound.before, changelog: undefined }],
      'packages/a/CHANGELOG.md has no heading "## 0.1.0"; a release begins with `pnpm changeset`',
    ],
    [
      'another change',
      [{ ...sound, after: manifest('0.2.0', { type: 'module' }) }],
      'packages/a/package.json has changed in more than its version',
    ],
    [
      'a version of what is private',
      [sound, { ...kept, after: JSON.stringify({ name: 'tool', private: true, version: '0.0.1' }) }],
      'tooling/tool is private, and its package.json has changed',
    ],
  ])('finds %s', (_title, projects, fault) => {
    expect(versionFaults(projects)).toEqual([fault]);
  });
});

describe('rangeFaults', () => {
  const core = madePacked({ name: '@d3pm/core', version: '0.2.0' });

  it('finds nothing where each wants the version of this release of the others', () => {
    const train = madePacked({ name: '@d3pm/train', version: '0.2.0', dependencies: { '@d3pm/core': '^0.2.0', 'tar-stream': '3.2.2' } });
    expect(rangeFaults([core, train], '0.2.0')).toEqual([]);
  });

  it('names an old range, also of a peer, and an old package', () => {
    const train = madePacked({ name: '@d3pm/train', version: '0.1.0', peerDependencies: { '@d3pm/core': '^0.1.0' } });
    expect(rangeFaults([core, train], '0.2.0')).toEqual([
      '@d3pm/train is packed as 0.1.0, expected 0.2.0',
      '@d3pm/train wants @d3pm/core ^0.1.0, expected ^0.2.0',
    ]);
  });
});

describe('lockFaults', () => {
  const published = new Map([['@d3pm/core', 'sha512-a']]);
  const sound = {
    '': {},
    'node_modules/@d3pm/core': { integrity: 'sha512-a' },
    'node_modules/@tensorflow/tfjs-core': { integrity: 'sha512-t' },
  };

  it('finds nothing where everything is there once', () => {
    expect(lockFaults({ packages: sound }, published)).toEqual([]);
  });

  it('names what is there twice, not there, or from elsewhere', () => {
    const twice = { ...sound, 'node_modules/x/node_modules/@d3pm/core': { integrity: 'sha512-b' } };
    expect(lockFaults({ packages: twice }, published)).toEqual([
      '@d3pm/core is installed 2 times, expected once: node_modules/@d3pm/core, node_modules/x/node_modules/@d3pm/core',
      'node_modules/x/node_modules/@d3pm/core is not what was published',
    ]);
    expect(lockFaults({ packages: {} }, published)).toEqual([
      '@d3pm/core is installed 0 times, expected once: ',
      '@tensorflow/tfjs-core is installed 0 times, expected once: ',
    ]);
  });
});
