import { quickstartPreset, smokePreset, type Preset } from './presets.ts';

/** The flags that every experiment has. */
export interface RunOptions {
  readonly out: string;
  readonly seed: number;
  readonly engine: 'auto' | 'cpu' | 'wasm';
  readonly smoke: boolean;
  readonly quiet: boolean;
}

export function presetOf({ smoke }: RunOptions): Preset {
  return smoke ? smokePreset : quickstartPreset;
}

/** The command that makes the same run again. */
export function commandOf(name: string, { out, seed, engine, smoke }: RunOptions): string {
  return ['d3pm', name, '--out', out, '--seed', String(seed), '--engine', engine, ...(smoke ? ['--smoke'] : [])].join(' ');
}
