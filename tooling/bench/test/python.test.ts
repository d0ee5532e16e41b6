import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findPeer, peerCommand, type RunCommand } from '../src/python.ts';
import { works } from '../src/works/index.ts';

describe('findPeer', () => {
  it('says what to do where there is no Python', () =>
    expect(findPeer('torch', '/nowhere/python3')).toEqual({
      missing: 'there is no Python 3.9 or later at "/nowhere/python3"; set D3PM_PYTHON to one',
    }));

  it('says what to install where a framework is missing', () => {
    const bare: RunCommand = (_file, [, program]) => {
      if (program?.includes('import numpy, jax')) throw new Error('ModuleNotFoundError');
      return '';
    };
    expect(findPeer('jax', 'py', bare)).toEqual({ missing: 'py has no jax; install it with "py -m pip install numpy jax"' });
    expect(findPeer('numpy', 'py', bare)).toEqual({ python: 'py' });
  });
});

describe('peers', () => {
  it.each(works.flatMap((work) => work.peers.map((peer) => [work.name, peer] as const)))('%s has a program in %s', (name, peer) => {
    const { args } = peerCommand(peer, 'python3', name, 2);
    expect(existsSync(args[0]!)).toBe(true);
    expect(readFileSync(args[0]!, 'utf8')).toContain(`"${name}": `);
    expect(args.slice(1)).toEqual([name, '2']);
  });

  it('are those that goals speak of', () => {
    const named = works.flatMap(({ name, goals }) => goals.flatMap((goal) => (goal.kind === 'faster' ? [`${name}: ${goal.than}`] : [])));
    const offered = works.flatMap(({ name, peers }) => peers.map((peer) => `${name}: ${peer}`));
    expect(named.length).toBeGreaterThan(0);
    expect(offered).toEqual(expect.arrayContaining(named));
  });

  it('no two works have one name', () => expect(new Set(works.map(({ name }) => name)).size).toBe(works.length));
});
