import type { ContestantResult, WorkResult } from '../src/bench-result.ts';

/** A contestant whose every repetition took so long. */
export function timed(name: string, median: number, facts: Partial<ContestantResult> = {}): ContestantResult {
  const time = { count: 3, median, p10: median, p90: median, disturbance: 0.01 };
  return { name, version: '1.0', threads: 2, time, ...facts };
}

export function workResult(contestants: readonly ContestantResult[], more: Partial<WorkResult> = {}): WorkResult {
  const provenance = { command: 'pnpm bench', commit: 'abc1234', hardware: '2 × Processor, 24 GiB', node: 'v22.0.0' };
  return { name: 'step', title: 'A step', provenance, contestants, ratios: [], verdicts: [], skipped: [], ...more };
}
