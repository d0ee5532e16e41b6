import { version_core } from '@tensorflow/tfjs-core';
import { assertInteger, D3pmError, suggestName } from '@d3pm/core';
import { candidates } from './candidates.ts';
import type { EngineCandidate, EngineInfo, EngineName, Started } from './engine-candidate.ts';
import { registerGradients } from './gradients/register-gradients.ts';

export interface EngineOptions {
  /**
   * `'native'` is TensorFlow itself, where `provisionNative` of `@d3pm/engine/native` has prepared it or `@tensorflow/tfjs-node(-gpu)`
   * is installed with its library; its tfjs back end is named `tensorflow`. `'webgpu'` is a graphics card by WebGPU, with
   * `@tensorflow/tfjs-backend-webgpu` installed, and in Node also `webgpu`; `'auto'` takes no adapter that is software: wasm is faster.
   *
   * @defaultValue 'auto': what the environment variable D3PM_ENGINE says, else the first of native, webgpu, wasm, cpu that starts
   */
  readonly backend?: 'auto' | EngineName;
  /**
   * Threads of an operation: of the native engine, and of the wasm back end in a cross-origin isolated page (in Node tfjs-backend-wasm 4.22
   * has one). Only the first call in a process can choose. @defaultValue the number of cores
   */
  readonly threads?: number;
  /**
   * Folder or URL of the three .wasm files. After a start that failed tfjs takes no other one in the same process.
   * @defaultValue in Node the installed package, in a browser beside the script
   */
  readonly wasmPath?: string;
}

/**
 * Picks a tfjs back end, starts it, registers all gradients, and adds the kernels that training needs and the back end lacks.
 * Call it once before the first tensor. Calling it again is cheap; with another `backend` it switches (tensors stay where they were made
 * until they are used).
 *
 * Nothing is fetched from a network in Node.
 *
 * @throws {D3pmError} `UNKNOWN_NAME` for a back end that is not known, `INVALID_OPTIONS` for `threads` that is not a positive
 * integer, `ENGINE` when no back end, or not the one that was asked for, could be started.
 */
export async function prepareEngine(options: EngineOptions = {}): Promise<EngineInfo> {
  const { backend = 'auto', threads, wasmPath } = options;
  if (threads !== undefined) assertInteger('prepareEngine', 'threads', threads, 1);
  const failures: string[] = [];
  const choice = choiceOf(backend);
  for (const candidate of choose(choice)) {
    const failure = await candidate.unavailable();
    if (failure !== undefined) {
      failures.push(`${candidate.name}: ${failure}`);
      continue;
    }
    try {
      const started = await candidate.activate({ automatic: choice.name === 'auto', threads, wasmPath });
      await registerGradients();
      return infoOf(candidate, started, reasonOf(choice, failures));
    } catch (cause) {
      failures.push(`${candidate.name}: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
  throw new D3pmError(
    'ENGINE',
    `prepareEngine: ${choice.source} "${choice.name}" cannot be used (${failures.join('; ')}); backend "cpu" runs everywhere`,
  );
}

function infoOf({ name, backend }: EngineCandidate, started: Started, choice: string): EngineInfo {
  const { simd, threads, detail, library = `TensorFlow.js ${version_core}`, device = 'processor' } = started;
  const reason = detail === undefined ? choice : `${choice}: ${detail}`;
  return Object.freeze({ name, backend, reason, simd, threads, library, device });
}

/** The name of a candidate or 'auto', and who said it. */
interface Choice {
  readonly name: string;
  readonly source: 'backend' | 'D3PM_ENGINE';
}

function choiceOf(backend: string): Choice {
  const { process } = globalThis as { readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> } };
  const name = process?.env?.['D3PM_ENGINE'];
  return backend !== 'auto' || !name ? { name: backend, source: 'backend' } : { name, source: 'D3PM_ENGINE' };
}

function choose({ name, source }: Choice): readonly EngineCandidate[] {
  if (name === 'auto') return candidates;
  const chosen = candidates.filter((candidate) => candidate.name === name);
  if (chosen.length > 0) return chosen;
  const known = ['auto', ...candidates.map((candidate) => candidate.name)];
  throw new D3pmError(
    'UNKNOWN_NAME',
    `prepareEngine: ${source} "${name}" is not known, ${suggestName(name, known)}; leave it out to get the fastest that starts`,
  );
}

function reasonOf({ name, source }: Choice, failures: readonly string[]): string {
  if (name !== 'auto') return source === 'backend' ? 'asked for' : 'asked for by D3PM_ENGINE';
  return failures.length === 0 ? 'first choice' : `first that started, after ${failures.join('; ')}`;
}
