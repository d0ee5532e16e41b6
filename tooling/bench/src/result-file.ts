import { existsSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import type { BenchResult, GrowthResult, WorkResult } from './bench-result.ts';

/** What a file has so far; nothing when there is none. @throws {Error} for a file of another format. */
export function readResult(file: string): BenchResult {
  if (!existsSync(file)) return { format: 1, works: [] };
  const result = JSON.parse(readFileSync(file, 'utf8')) as BenchResult;
  if (result.format !== 1) throw new Error(`readResult: ${file} has format ${String(result.format)}, expected 1; give --json another file`);
  return result;
}

export async function writeResult(file: string, result: BenchResult): Promise<void> {
  const partial = `${file}.${process.pid}.partial`;
  try {
    await writeFile(partial, `${JSON.stringify(result, null, 2)}\n`);
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
}

/** New results in place of old ones of the same work, in the order of `names`; works that are no more are dropped. */
export function mergeResults(
  old: BenchResult,
  { works, growth = old.growth }: { readonly works: readonly WorkResult[]; readonly growth?: GrowthResult | undefined },
  names: readonly string[],
): BenchResult {
  const merged = names.flatMap((name) => works.find((work) => work.name === name) ?? old.works.find((work) => work.name === name) ?? []);
  return { format: 1, works: merged, ...(growth && { growth }) };
}
