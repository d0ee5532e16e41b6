import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** What every bundle leaves out: the peer that an application has anyway. */
const EXTERNAL = ['@tensorflow/tfjs-core'];

export interface Bundle {
  /** Minified, as an ES module. */
  readonly code: string;
  /** Of the code after gzip. */
  readonly gzipBytes: number;
  readonly warnings: readonly string[];
}

/**
 * Bundles a program for browsers, as an application would. `folder` is where it finds its packages.
 *
 * @throws what esbuild throws for a program that cannot be bundled, with the import that it fails at.
 */
export async function bundle(folder: string, program: string): Promise<Bundle> {
  const { outputFiles, warnings } = await build({
    stdin: { contents: program, resolveDir: folder, loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    external: EXTERNAL,
    logLevel: 'silent',
  });
  const code = outputFiles[0]!.text;
  return { code, gzipBytes: gzipSync(code).length, warnings: warnings.map(({ text, location }) => `${location?.file ?? ''}: ${text}`) };
}
