import type { Plugin } from './plugin.ts';
import type { States } from './states.ts';

/** What samples are measured against, and their shape. */
export interface MetricSetting {
  /** K of the data: samples show no mask. */
  readonly numStates: number;
  /** Shape of one sample, `[…N]`. */
  readonly exampleShape: readonly number[];
  /** Batches of data, which can be read more than once: held-out data, for a metric that compares. */
  readonly reference?: Iterable<States>;
}

/** Reads samples batch by batch, in memory that does not grow with their number unless it says so. */
export interface Metric {
  /** One batch, `[B, …N]`; not kept. */
  update(samples: States): Promise<void> | void;
  /** Of the samples so far. @throws {D3pmError} `INVALID_DATA` when there are too few. */
  report(): MetricReport | Promise<MetricReport>;
}

export interface MetricReport {
  /** Of the plugin, or of the score where that depends on more: `FID-<extractor>`. */
  readonly name: string;
  readonly value: number;
  /** Of the value, for example `nats`. */
  readonly unit: string;
  /** How far the value of other samples would lie, in the same unit; absent where the metric cannot tell. */
  readonly standardError?: number;
  /** Samples read. */
  readonly numSamples: number;
  /** What stands against trusting the value, a sentence each: too few samples, for example. */
  readonly warnings?: readonly string[];
}

/** A named measure of samples. */
export interface MetricPlugin<N extends string, O> extends Plugin<'metric', N> {
  /** @throws {D3pmError} `INVALID_OPTIONS`, naming the field. */
  parse(options: unknown): O;
  create(setting: MetricSetting, options: O): Metric;
}
