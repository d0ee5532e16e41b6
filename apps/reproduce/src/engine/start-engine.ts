import { prepareEngine, type EngineInfo, type EngineName } from '@d3pm/engine';
import { describeEngine } from './describe-engine.ts';
import { quickSetup } from './quick-setup.ts';

/** The flags of every command that computes. */
export interface EngineFlags {
  readonly engine: 'auto' | EngineName;
  /** @defaultValue the number of cores */
  readonly threads?: number;
  /** Whether the native engine is to be prepared first, where that is quick. */
  readonly setup: boolean;
  readonly quiet: boolean;
}

/** Prepares the engine that the flags ask for, and says once, on standard error, which it is and why. */
export async function startEngine({ engine, threads, setup, quiet }: EngineFlags): Promise<EngineInfo> {
  if (setup) await quickSetup({ engine, quiet });
  const info = await prepareEngine({ backend: engine, ...(threads === undefined ? {} : { threads }) });
  if (!quiet) process.stderr.write(`engine ${describeEngine(info)}\n`);
  return info;
}
