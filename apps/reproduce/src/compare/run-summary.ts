import { describeDevice } from '../engine/describe-engine.ts';
import { median } from '../run-files/median.ts';
import { createSmoother, SMOOTHED } from '../run-files/smoother.ts';
import type { ReadRun } from './read-run.ts';

/** The numbers of one run. Losses and bounds are in bits per dimension. */
export interface RunSummary {
  /** Steps done, and to be done. */
  readonly step: number;
  readonly numSteps: number | undefined;
  /** Smoothed, the last and the lowest; NaN where nothing is finite. */
  readonly loss: { readonly last: number; readonly best: number; readonly bestStep: number };
  readonly bound: { readonly step: number; readonly bits: number; readonly standardError: number } | undefined;
  /** Median over events, without evaluations; undefined without event files. */
  readonly secondsPerStep: number | undefined;
  readonly parameters: number | undefined;
  readonly engine: string | undefined;
}

export function summarizeRun({ losses, bounds, paces, checkpoint }: ReadRun): RunSummary {
  const { add } = createSmoother();
  const means = losses.map(({ lossBits }) => add(lossBits));
  // The first means are of fewer events; a run of fewer than that has no others.
  const from = Math.min(SMOOTHED, losses.length) - 1;
  const best = means.reduce((least, mean, i) => (i >= from && (mean < means[least]! || Number.isNaN(means[least])) ? i : least), from);
  const numSteps = (checkpoint?.config['training'] as { readonly numSteps?: unknown } | undefined)?.numSteps;
  return {
    step: losses.at(-1)!.step,
    numSteps: typeof numSteps === 'number' ? numSteps : undefined,
    loss: { last: means.at(-1)!, best: means[best]!, bestStep: losses[best]!.step },
    bound: bounds.at(-1),
    secondsPerStep: median(paces.map(({ secondsPerStep }) => secondsPerStep)),
    parameters: checkpoint?.parameters,
    engine: checkpoint && engineOf(checkpoint.environment),
  };
}

function engineOf({ backend, library, device, threads, processes }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof backend !== 'string' || typeof library !== 'string') return undefined;
  const on = typeof device === 'string' && typeof threads === 'number' ? describeDevice({ library, device, threads }) : library;
  return `${backend}: ${on}${typeof processes === 'number' ? `, ${processes} processes` : ''}`;
}
