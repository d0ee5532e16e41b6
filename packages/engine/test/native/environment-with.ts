import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Variables of an environment in which no programs are found but these, by links in `bin`. */
export function environmentWith(bin: string, programs: readonly string[]): Readonly<Record<string, string>> {
  mkdirSync(bin, { recursive: true });
  for (const program of programs) {
    const found = process.env['PATH']!.split(delimiter).find((at) => existsSync(join(at, program)))!;
    symlinkSync(join(found, program), join(bin, program));
  }
  return { PATH: bin, CXX: '' };
}
