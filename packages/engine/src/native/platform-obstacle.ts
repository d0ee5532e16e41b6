import { readFileSync } from 'node:fs';
import { isVersionAtLeast } from './is-version-at-least.ts';

/** What of a machine decides whether TensorFlow's library can run on it. */
export interface PlatformFacts {
  readonly platform: string;
  readonly arch: string;
  /** Version of the GNU C library; undefined with another one. */
  readonly glibc: string | undefined;
  /** Names of the instruction sets of the processor; undefined when the system does not tell. */
  readonly cpuFlags: readonly string[] | undefined;
}

/** The facts of this machine. */
export function platformFacts(): PlatformFacts {
  return { platform: process.platform, arch: process.arch, glibc: glibcVersion(), cpuFlags: cpuFlags() };
}

/** Why the native engine cannot run on such a machine, in a few words; undefined when it can. The library needs AVX and would end the process without. */
export function platformObstacle({ platform, arch, glibc, cpuFlags }: PlatformFacts = platformFacts()): string | undefined {
  if (platform !== 'linux' || arch !== 'x64') return `there is a build for linux-x64 only, this is ${platform}-${arch}`;
  if (glibc === undefined) return 'the library needs the GNU C library (glibc), this system has another one';
  if (!isVersionAtLeast(glibc, '2.17')) return `the library needs glibc 2.17 or newer, this system has ${glibc}`;
  if (cpuFlags !== undefined && !cpuFlags.includes('avx')) return 'the library needs a processor with AVX';
  return undefined;
}

function glibcVersion(): string | undefined {
  const report = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime;
}

function cpuFlags(): string[] | undefined {
  try {
    return /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.trim().split(/\s+/);
  } catch {
    return undefined;
  }
}
