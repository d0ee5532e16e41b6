import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { knownDownloads } from '@d3pm/data/node';
import { engineNames } from '@d3pm/engine';
import { describe, expect, it } from 'vitest';
import { downloadChoices, engineChoices } from '../src/choices.ts';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

describe('choices of options', () => {
  it('are all engines, and all that can be downloaded', () => {
    expect(engineChoices).toEqual(engineNames);
    expect(downloadChoices).toEqual(Object.keys(knownDownloads));
  });
});

describe('what answers at once', () => {
  /** Prints the packages of which a program has loaded a module. */
  const hook = `data:text/javascript,${encodeURIComponent(`
    import { registerHooks } from 'node:module';
    const packages = new Set();
    registerHooks({
      load(url, context, next) {
        packages.add(/\\/(packages\\/[^/]+|apps\\/[^/]+|node_modules\\/(?!\\.pnpm)(?:@[^/]+\\/)?[^/]+)\\/(?!.*\\/node_modules\\/)/.exec(url)?.[1] ?? 'node');
        return next(url, context);
      },
    });
    process.on('exit', () => process.stderr.write(JSON.stringify([...packages].sort())));
  `)}`;
  it.each(['--version', '--help', 'train --help', 'trian'])('loads the options alone: d3pm %s', (line) => {
    const { stderr } = spawnSync(process.execPath, ['--import', hook, CLI, ...line.split(' ')], { encoding: 'utf8' });
    expect(JSON.parse(stderr.slice(stderr.lastIndexOf('[')))).toEqual([
      'apps/reproduce',
      'node',
      'node_modules/@tensorflow/tfjs-core',
      'node_modules/commander',
      'packages/core',
    ]);
  });
});
