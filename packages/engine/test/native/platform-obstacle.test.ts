import { expect, it } from 'vitest';
import { platformFacts, platformObstacle, type PlatformFacts } from '../../src/native/platform-obstacle.ts';

const good: PlatformFacts = { platform: 'linux', arch: 'x64', glibc: '2.36', cpuFlags: ['sse4_2', 'avx', 'avx2'] };

it.each<[string, Partial<PlatformFacts>, RegExp]>([
  ['another system', { platform: 'darwin', arch: 'arm64' }, /linux-x64 only, this is darwin-arm64/],
  ['another processor', { arch: 'arm64' }, /linux-x64 only, this is linux-arm64/],
  ['another C library', { glibc: undefined }, /needs the GNU C library/],
  ['an old C library', { glibc: '2.5' }, /needs glibc 2\.17 or newer, this system has 2\.5/],
  ['a processor without AVX', { cpuFlags: ['sse4_2', 'avx_of_no_use'] }, /needs a processor with AVX/],
])('names %s', (_, facts, expected) => expect(platformObstacle({ ...good, ...facts })).toMatch(expected));

it.each<[string, Partial<PlatformFacts>]>([
  ['a machine that has all', {}],
  ['the oldest C library', { glibc: '2.17' }],
  ['the next of them', { glibc: '3.0' }],
  ['a system that does not tell its instruction sets', { cpuFlags: undefined }],
])('has nothing against %s', (_, facts) => expect(platformObstacle({ ...good, ...facts })).toBeUndefined());

it('reads this machine', () => {
  expect(platformFacts()).toMatchObject({ platform: process.platform, arch: process.arch });
});
