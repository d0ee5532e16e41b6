import { chmod, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { D3pmError } from '@d3pm/core';
import { printResult, type OutputFlags } from './output.ts';
import { systemErrorText } from './system-error-text.ts';
import { writeWholeFile } from './write-whole-file.ts';

/**
 * Writes files by their names, those that end with `.sh` to be run, and tells their paths on standard output.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for a folder that cannot be written to, with the reason.
 */
export async function writeFiles(to: string, files: Readonly<Record<string, string>>, flags: Pick<OutputFlags, 'json'>): Promise<void> {
  const folder = resolve(to);
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      await writeWholeFile(join(folder, name), content);
      if (name.endsWith('.sh')) await chmod(join(folder, name), 0o755);
    }
  } catch (cause) {
    throw new D3pmError('INVALID_OPTIONS', `cannot write to ${folder}: ${systemErrorText(cause)}; choose another folder`, { cause });
  }
  const paths = Object.keys(files).map((name) => join(folder, name));
  printResult(flags, { text: `${paths.join('\n')}\n`, value: { files: paths } });
}
