import type { Measurement } from './measure.ts';
import type { Engine, Facts } from './work.ts';
import type { Introduction } from './contestant.ts';
import type { Provenance } from './provenance.ts';

/** What `--json` writes. */
export interface BenchResult {
  readonly format: 1;
  readonly works: readonly WorkResult[];
  readonly growth?: GrowthResult;
}

export interface WorkResult {
  readonly name: string;
  readonly title: string;
  readonly provenance: Provenance;
  readonly contestants: readonly ContestantResult[];
  /** Time of each peer over ours, by its name, for each of our engines. */
  readonly ratios: readonly Ratio[];
  readonly verdicts: readonly Verdict[];
  /** What was not measured, and why. */
  readonly skipped: readonly string[];
}

export interface ContestantResult extends Facts, Omit<Introduction, 'timed'> {
  readonly name: string;
  readonly time?: Omit<Measurement, 'name'>;
}

export interface Ratio {
  readonly ours: string;
  readonly peer: string;
  /** Above 1 ours is faster. */
  readonly factor: number;
}

export interface Verdict {
  readonly goal: string;
  /** As it was measured; absent when it was not. */
  readonly measured?: string;
  readonly reached?: boolean;
}

export interface GrowthResult {
  readonly provenance: Provenance;
  readonly engine: Engine;
  readonly curves: readonly GrowthCurve[];
}

/** Time of one work against one size, the others held. */
export interface GrowthCurve {
  readonly work: string;
  /** The letter of the size. */
  readonly size: string;
  /** Values of the other sizes, as text. */
  readonly held: string;
  readonly points: readonly { readonly size: number; readonly milliseconds: number }[];
  /** n of time ∝ sizeⁿ over the three largest sizes. */
  readonly slope: number;
}
