import { setTimeout } from 'node:timers/promises';
import type { Contestant } from './contestant.ts';
import { DISTURBED, othersShare, processorTime } from './processor-time.ts';
import { summarize, type Summary } from './statistics.ts';

export interface MeasureOptions {
  /** Blocks of each contestant. */
  readonly rounds: number;
  /** Seconds of a block. */
  readonly seconds: number;
  /** Seconds to wait for other programs to end, in all. */
  readonly patience: number;
}

export interface Measurement extends Summary {
  readonly name: string;
  /** Largest share of the machine that other programs had during a block, 0…1. Absent where it is not known. */
  readonly disturbance?: number;
  readonly peakBytes?: number;
}

/** How often a block that others disturbed is measured, unless one repetition takes longer than all of them should. */
const ATTEMPTS = 4;

/**
 * Measures contestants in turn, a block of each in every round, so that what slows the machine slows all of them: A B A B …
 * A first round warms up and is not counted.
 */
export async function measure(
  contestants: readonly Contestant[],
  { rounds, seconds, patience }: MeasureOptions,
): Promise<readonly Measurement[]> {
  const times = contestants.map(() => [] as number[]);
  const disturbances = contestants.map(() => [] as (number | undefined)[]);
  const peaks = contestants.map(() => undefined as number | undefined);
  let left = patience;
  const quietBlock = async (contestant: Contestant): Promise<BlockOf> => {
    let best: BlockOf | undefined;
    let spent = 0;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      left -= await waitForQuiet(left);
      const block = await watchedBlock(contestant, seconds);
      spent += block.milliseconds.reduce((sum, time) => sum + time, 0) / 1000;
      if (!best || (block.disturbance ?? 0) < (best.disturbance ?? 0)) best = block;
      if ((best.disturbance ?? 0) <= DISTURBED || spent > ATTEMPTS * seconds) break;
    }
    return best!;
  };
  for (const contestant of contestants) await contestant.block(seconds);
  for (let round = 0; round < rounds; round++) {
    for (const [i, contestant] of contestants.entries()) {
      const { milliseconds, disturbance, peakBytes } = await quietBlock(contestant);
      times[i]!.push(...milliseconds);
      disturbances[i]!.push(disturbance);
      peaks[i] = peakBytes;
    }
  }
  return contestants.map(({ name }, i) => {
    const known = disturbances[i]!.filter((share) => share !== undefined);
    return {
      name,
      ...summarize(times[i]!),
      ...(known.length > 0 && { disturbance: Math.max(...known) }),
      ...(peaks[i] !== undefined && { peakBytes: peaks[i] }),
    };
  });
}

interface BlockOf extends Awaited<ReturnType<Contestant['block']>> {
  readonly disturbance?: number;
}

async function watchedBlock(contestant: Contestant, seconds: number): Promise<BlockOf> {
  const [start, before] = [performance.now(), processorTime([contestant.pid, process.pid])];
  const block = await contestant.block(seconds);
  const disturbance = othersShare(before, processorTime([contestant.pid, process.pid]), (performance.now() - start) / 1000);
  return { ...block, ...(disturbance !== undefined && { disturbance }) };
}

/** Seconds waited until others left the machine alone for half a second. */
async function waitForQuiet(atMost: number): Promise<number> {
  let waited = 0;
  while (waited < atMost) {
    const before = processorTime([process.pid]);
    await setTimeout(500);
    waited += 0.5;
    if ((othersShare(before, processorTime([process.pid]), 0.5) ?? 0) <= DISTURBED) break;
  }
  return waited;
}
