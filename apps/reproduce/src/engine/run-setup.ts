import { constants } from 'node:os';
import { describeMachine, provisionNative, type NativeInstallation, type ProvisionOptions } from '@d3pm/engine/native';
import { printResult, type OutputFlags } from '../output.ts';
import { setupProgress } from './setup-progress.ts';
import { setupText } from './setup-text.ts';

export interface SetupOptions extends OutputFlags {
  /** Absent: as the machine is. */
  readonly gpu?: boolean;
  readonly cache?: string;
}

/** `d3pm setup`: prepares the native engine, and says what it did. */
export async function runSetup({ gpu, cache, quiet, json = false }: SetupOptions): Promise<void> {
  const started = performance.now();
  const installation = await interruptible((signal) =>
    provisionNative({
      gpu: gpu ?? 'auto',
      signal,
      ...(cache === undefined ? {} : { cacheFolder: cache }),
      ...(quiet || json ? {} : { onProgress: setupProgress() }),
    }),
  );
  if (installation === undefined) return;
  const { folder, version, variant, operations } = installation;
  const { cacheBytes, otherInstallations } = await describeMachine(cache);
  const seconds = (performance.now() - started) / 1000;
  const text = setupText({ installation, seconds, cacheBytes, otherInstallations, cache });
  printResult({ json }, { text, value: { folder, version, variant, operations, cacheBytes, otherInstallations } });
}

type Work = (signal: NonNullable<ProvisionOptions['signal']>) => Promise<NativeInstallation>;

/** Stops `work` at an interrupt, with the programs that it has started; then there is no result, and the exit code of a shell. */
async function interruptible(work: Work): Promise<NativeInstallation | undefined> {
  const stop = new AbortController();
  const interrupt = (name: NodeJS.Signals): void => stop.abort(name);
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, interrupt);
  try {
    return await work(stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    const name = stop.signal.reason as NodeJS.Signals;
    process.stderr.write(`stopped by ${name}; what has been fetched is kept for the next time\n`);
    process.exitCode = 128 + constants.signals[name];
    return undefined;
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, interrupt);
  }
}
