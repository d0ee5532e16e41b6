import { isD3pmError } from '@d3pm/core';
import { describeMachine, describeNative, provisionNative } from '@d3pm/engine/native';
import { setupProgress } from './setup-progress.ts';

/** On a slow network it is for `d3pm setup`, which has all the time. */
const LIMIT_MS = 120_000;
const NEEDED_BYTES = 1e9;

interface QuickSetupOptions {
  /** The engine that is asked for, or `auto`. */
  readonly engine: string;
  readonly quiet: boolean;
}

/**
 * Prepares the native engine for the processor before a run, where that takes seconds; else says in one sentence why not. Does
 * nothing where it is there already, or where the flags or D3PM_ENGINE ask for another one.
 */
export async function quickSetup({ engine, quiet }: QuickSetupOptions): Promise<void> {
  const wanted = engine === 'auto' ? process.env['D3PM_ENGINE'] || 'auto' : engine;
  if (!['auto', 'native'].includes(wanted) || describeNative().obstacle === undefined) return;
  const say = (text: string): void => void (quiet || process.stderr.write(`${text}\n`));
  const missing = await missingForQuick();
  if (missing !== undefined) return say(`the native engine is not prepared: ${missing}; see d3pm doctor`);
  say('preparing the native engine, once for this user (214 MB are fetched, 640 MB kept):');
  try {
    const { version } = await provisionNative({
      gpu: false,
      signal: AbortSignal.timeout(LIMIT_MS),
      ...(quiet ? {} : { onProgress: setupProgress() }),
    });
    say(`✓ TensorFlow ${version} is prepared`);
  } catch (error) {
    const timedOut = (error as Error).name === 'TimeoutError';
    if (!timedOut && !isD3pmError(error)) throw error;
    const reason = timedOut
      ? `it was not there after ${LIMIT_MS / 60_000} minutes; d3pm setup takes the time it needs`
      : (error as Error).message;
    say(`the native engine is not prepared: ${reason}`);
  }
}

async function missingForQuick(): Promise<string | undefined> {
  const { platformObstacle, programs, freeBytes } = await describeMachine();
  if (platformObstacle !== undefined) return platformObstacle;
  if (programs.compiler === undefined) return 'there is no C++ compiler';
  if (programs.pip === undefined) return 'there is no pip';
  return freeBytes < NEEDED_BYTES ? 'the disk has less than 1 GB free' : undefined;
}
