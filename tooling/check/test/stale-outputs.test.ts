import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { removeStaleOutputs } from '../src/stale-outputs.ts';

const root = mkdtempSync(join(tmpdir(), 'd3pm-stale-'));
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('removeStaleOutputs removes every output of a source that is gone, and nothing else', () => {
  const outputs = (name: string): readonly string[] =>
    ['.js', '.d.ts', '.js.map', '.d.ts.map'].map((ending) => `packages/a/dist/${name}${ending}`);
  for (const path of ['packages/a/src/kept.ts', ...outputs('kept'), ...outputs('deep/gone'), 'packages/a/dist/.tsbuildinfo']) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), '');
  }
  expect([...removeStaleOutputs(root)].sort()).toEqual([...outputs('deep/gone')].sort());
  expect([...outputs('kept'), 'packages/a/dist/.tsbuildinfo'].filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
