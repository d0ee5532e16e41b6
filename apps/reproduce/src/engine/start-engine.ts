import { prepareEngine, type EngineInfo, type EngineName } from '@d3pm/engine';
import { describeEngine } from './describe-engine.ts';
import type { OutputFlags } from '../output.ts';
import { quickSetup } from './quick-setup.ts';

/** The flags of every command that computes. */
export interface EngineFlags extends OutputFlags {
  readonly engine: 'auto' | EngineName;
  /** @defaultValue the number of cores */
  readonly threads?: number;
  /** Whether the native engine is to be prepared first, where that is quick. */
  readonly setup: boolean;
}

/** Prepares the engine that the flags ask for, and says once, on standard error, which it is and why. */
export async function startEngine({ engine, threads, setup, quiet, json = false }: EngineFlags): Promise<EngineInfo> {
  if (setup) await quickSetup({ engine, quiet });
  const info = await prepareEngine({ backend: engine, ...(threads === undefined ? {} : { threads }) });
  if (!quiet) process.stderr.write(json ? `${JSON.stringify({ engine: info })}\n` : `engine ${describeEngine(info)}\n`);
  return info;
}
