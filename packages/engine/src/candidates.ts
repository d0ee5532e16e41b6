import { cpuCandidate } from './cpu-candidate.ts';
import type { EngineCandidate } from './engine-candidate.ts';
import { nativeCandidate } from './native-candidate.ts';
import { wasmCandidate } from './wasm-candidate.ts';
import { webgpuCandidate } from './webgpu-candidate.ts';

/** In the order in which `backend: 'auto'` tries them. */
export const candidates: readonly EngineCandidate[] = Object.freeze([nativeCandidate, webgpuCandidate, wasmCandidate, cpuCandidate]);
