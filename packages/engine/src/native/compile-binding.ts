import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { D3pmError } from '@d3pm/core';
import { commandError } from './command-error.ts';
import { compilerFlags } from './compiler-flags.ts';
import { firstCommand } from './first-command.ts';
import { bindingFile } from './native-installation.ts';
import { operationSources, processSources } from './own-sources.ts';
import type { StepContext } from './provision-event.ts';
import { runCommand, type CommandResult } from './run-command.ts';

/** C headers of TensorFlow, which the wheel has and the jar has not. */
const HEADERS = fileURLToPath(new URL('../../vendor/tensorflow/include', import.meta.url));

/** The C++ compiler of this machine: `$CXX`, g++, clang++ or c++; undefined when there is none. */
export async function findCompiler(signal?: AbortSignal): Promise<string | undefined> {
  const { CXX } = process.env;
  return (await firstCommand([...(CXX ? [[CXX]] : []), ['g++'], ['clang++'], ['c++']], signal))?.[0];
}

/** {@link findCompiler}. @throws {D3pmError} `ENGINE` when there is none */
export async function requireCompiler(signal?: AbortSignal): Promise<string> {
  const { CXX } = process.env;
  const compiler = await findCompiler(signal);
  if (compiler !== undefined) return compiler;
  const tried = CXX ? `CXX=${CXX}, g++, clang++ and c++` : 'g++, clang++ and c++';
  throw new D3pmError('ENGINE', `there is no C++ compiler (tried ${tried}; install one, Debian: apt-get install g++, or set CXX)`);
}

export interface CompileInput {
  readonly compiler: string;
  /** Folder of `binding/*.cc`. */
  readonly sources: string;
  /** Folder of the installation, with the libraries in `lib`. The binding finds them there wherever the folder is moved. */
  readonly folder: string;
  /** Whether to compile the operations of this package in; a compiler that cannot leaves them out. */
  readonly operations: boolean;
}

/**
 * Compiles the binding between Node and TensorFlow, and says whether the operations of this package are in it: what uses them has a
 * formula for the case that they are not.
 *
 * @throws {D3pmError} `ENGINE` with what the compiler says.
 */
export async function compileBinding(
  { compiler, sources, folder, operations }: CompileInput,
  { report, signal }: StepContext,
): Promise<{ readonly operations: boolean }> {
  report({ step: 'compile', detail: compiler });
  await mkdir(dirname(bindingFile(folder)), { recursive: true });
  const compile = (own: readonly string[]): Promise<CommandResult> =>
    runCommand(compiler, compilerArguments(folder, [...SOURCES.map((name) => join(sources, 'binding', name)), ...own]), { signal });
  const whole = [...processSources, ...operationSources().filter((name) => name.endsWith('.cc'))];
  if (operations) {
    const made = await compile(whole);
    if (made.status === 0) return { operations: true };
    report({
      step: 'failed',
      detail: `${compiler} does not compile the operations of @d3pm/engine, and without them training and sampling are slower: ${firstError(made.stderr)}`,
    });
  }
  const { status, stderr } = await compile(processSources);
  if (status !== 0) throw commandError(`${compiler} did not compile the binding`, stderr);
  return { operations: false };
}

/** The first line that is an error of the compiler. */
function firstError(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  return lines.find((line) => /\berror:/.test(line)) ?? lines.find((line) => line !== '') ?? 'it does not say why';
}

/** Of tfjs-node. */
const SOURCES = ['tfjs_backend.cc', 'tfjs_binding.cc'] as const;

function compilerArguments(folder: string, files: readonly string[]): readonly string[] {
  const require = createRequire(import.meta.url);
  const nodeHeaders = join(dirname(require.resolve('node-api-headers/package.json')), 'include');
  return [
    ...compilerFlags,
    `-I${HEADERS}`,
    `-I${nodeHeaders}`,
    ...files,
    '-o',
    bindingFile(folder),
    `-L${join(folder, 'lib')}`,
    '-l:libtensorflow_cc.so.2',
    '-l:libtensorflow_framework.so.2',
    '-Wl,-rpath,$ORIGIN/../lib',
  ];
}
