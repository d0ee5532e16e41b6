import { assertInteger, D3pmError, suggestName } from '@d3pm/core';
import { candidates } from './candidates.ts';
import type { EngineCandidate, EngineInfo } from './engine-candidate.ts';
import { registerGradients } from './gradients/register-gradients.ts';

export interface EngineOptions {
  /** @defaultValue 'auto': the first of wasm, cpu that starts. */
  readonly backend?: 'auto' | 'wasm' | 'cpu';
  /**
   * Threads of the wasm back end, where it has any: in a cross-origin isolated page. In Node tfjs-backend-wasm 4.22 has one.
   * Only the first call in a process can choose. @defaultValue the number of cores
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
  for (const candidate of choose(backend)) {
    const failure = candidate.unavailable();
    if (failure !== undefined) {
      failures.push(`${candidate.name}: ${failure}`);
      continue;
    }
    try {
      const { simd, threads: used } = await candidate.activate({ threads, wasmPath });
      await registerGradients();
      return Object.freeze({ backend: candidate.name, reason: reasonOf(backend, failures), simd, threads: used });
    } catch (cause) {
      failures.push(`${candidate.name}: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
  throw new D3pmError(
    'ENGINE',
    `prepareEngine: backend "${backend}" cannot be used (${failures.join('; ')}); backend "cpu" runs everywhere`,
  );
}

function choose(backend: string): readonly EngineCandidate[] {
  if (backend === 'auto') return candidates;
  const chosen = candidates.filter(({ name }) => name === backend);
  if (chosen.length > 0) return chosen;
  const known = ['auto', ...candidates.map(({ name }) => name)];
  throw new D3pmError(
    'UNKNOWN_NAME',
    `prepareEngine: backend "${backend}" is not known, ${suggestName(backend, known)}; leave it out to get the fastest that starts`,
  );
}

function reasonOf(backend: string, failures: readonly string[]): string {
  if (backend !== 'auto') return 'asked for';
  return failures.length === 0 ? 'first choice' : `first that started, after ${failures.join('; ')}`;
}
