import type { Engine } from './work.ts';

/** Column titles. */
export const engineTitles: Readonly<Record<Engine, string>> = { native: '@d3pm, native', wasm: '@d3pm, wasm' };
