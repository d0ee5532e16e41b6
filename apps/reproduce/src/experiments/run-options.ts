import type { EngineFlags } from '../engine/start-engine.ts';
import { quickstartPreset, smokePreset, type Preset } from './presets.ts';

/** The flags that every experiment has. */
export interface RunOptions extends EngineFlags {
  readonly out: string;
  readonly seed: number;
  readonly smoke: boolean;
}

export function presetOf({ smoke }: RunOptions): Preset {
  return smoke ? smokePreset : quickstartPreset;
}

/** The command that makes the same run again. */
export function commandOf(name: string, { out, seed, engine, threads, smoke }: RunOptions): string {
  const flags = [...(threads === undefined ? [] : ['--threads', String(threads)]), ...(smoke ? ['--smoke'] : [])];
  return ['d3pm', name, '--out', out, '--seed', String(seed), '--engine', engine, ...flags].join(' ');
}
