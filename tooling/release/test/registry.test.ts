import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publishOrder } from '../src/publish-order.ts';
import { publish } from '../src/publish.ts';
import { runProgram } from '../src/run-program.ts';
import { startRegistry } from '../src/start-registry.ts';
import { madeFolder } from './made-folder.ts';
import { madePacked } from './made-packed.ts';

const { signal } = new AbortController();

describe('publishOrder', () => {
  const needs = (name: string, ...names: readonly string[]): ReturnType<typeof madePacked> =>
    madePacked({ name, version: '1.0.0', dependencies: Object.fromEntries([...names, 'zod'].map((needed) => [needed, '^1.0.0'])) });

  it('has each after what it depends on', () => {
    const order = publishOrder([needs('app', 'train', 'core'), needs('train', 'core'), needs('core'), needs('alone')]);
    expect(order.map(({ manifest }) => manifest.name)).toEqual(['core', 'alone', 'train', 'app']);
  });

  it('refuses a circle', () => {
    expect(() => publishOrder([needs('core'), needs('a', 'b'), needs('b', 'a')])).toThrow('a, b depend on each other in a circle');
  });
});

describe('a registry of the dry run', () => {
  const manifests = [
    { name: '@d3pm/two', version: '0.1.0', publishConfig: { access: 'public', provenance: true }, dependencies: { '@d3pm/one': '^0.1.0' } },
    { name: '@d3pm/one', version: '0.1.0', publishConfig: { access: 'public', provenance: true } },
  ];

  it('takes packages from its publisher alone, gives them to npm, and is gone after it', async () => {
    const registry = await startRegistry(madeFolder());
    try {
      expect(new URL(registry.url).hostname).toBe('127.0.0.1');
      const packed = manifests.map((manifest) => {
        const folder = madeFolder({ 'package/package.json': JSON.stringify(manifest), 'package/index.js': '' });
        execFileSync('tar', ['-czf', 'a.tgz', 'package'], { cwd: folder });
        return madePacked(manifest, join(folder, 'a.tgz'));
      });
      const stranger = { ...registry, publisherNpmrc: registry.npmrc };
      await expect(publish(join(madeFolder(), 'stranger'), { packed, registry: stranger, signal })).rejects.toThrow(/ENEEDAUTH|E401/);
      expect(await publish(join(madeFolder(), 'publisher'), { packed, registry, signal })).toEqual(['@d3pm/one', '@d3pm/two']);

      const cwd = madeFolder({ '.npmrc': registry.npmrc, 'package.json': '{"private":true}' });
      await runProgram('npm', ['install', '--prefer-online', '--no-audit', '--no-update-notifier', '@d3pm/two'], { cwd, signal });
      expect(readFileSync(join(cwd, 'node_modules/@d3pm/one/package.json'), 'utf8')).toBe(JSON.stringify(manifests[1]));
      expect((await fetch(`${registry.url}zod`)).ok).toBe(false);
    } finally {
      await registry.stop();
    }
    await expect(fetch(registry.url)).rejects.toThrow('fetch failed');
  });

  it('is the only one that is published to', async () => {
    const registry = { url: 'http://registry.example/', npmrc: '', publisherNpmrc: '', stop: () => Promise.resolve() };
    await expect(publish(join(madeFolder(), 'publisher'), { packed: [], registry, signal })).rejects.toThrow('expected 127.0.0.1');
  });

  it('is not what a manifest says', async () => {
    const registry = await startRegistry(madeFolder());
    try {
      const manifest = {
        name: '@d3pm/one',
        version: '0.1.0',
        publishConfig: { registry: 'http://127.0.0.1:9/', '@d3pm:registry': 'http://127.0.0.1:9/' },
      };
      const folder = madeFolder({ 'package/package.json': JSON.stringify(manifest) });
      execFileSync('tar', ['-czf', 'a.tgz', 'package'], { cwd: folder });
      const packed = [madePacked(manifest, join(folder, 'a.tgz'))];
      writeFileSync(join(folder, 'package.json'), '{}');
      await publish(join(folder, 'publisher'), { packed, registry, signal });
      expect((await fetch(`${registry.url}@d3pm/one`)).ok).toBe(true);
    } finally {
      await registry.stop();
    }
  });
});
