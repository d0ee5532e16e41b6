/** What a part of the slow tier has found. */
export interface PartRow {
  readonly title: string;
  /** Counts, in words; why, where it was left out. */
  readonly result: string;
  /** Checks that held and that did not. A measurement has none of either. */
  readonly passed: number;
  readonly failed: number;
  /** What is wrong, a line each. */
  readonly problems: readonly string[];
  /** Engine and seed, as far as they matter. */
  readonly made: string;
  readonly seconds: number;
  /** Whether this machine could not run it. */
  readonly skipped?: boolean;
}

export interface PartContext {
  /** Of the repository, absolute. */
  readonly root: string;
  readonly kills: number;
  readonly nativeKills: number;
  readonly fuzzRuns: number;
  /** A line for whoever waits. */
  readonly say: (line: string) => void;
}

export interface Part {
  readonly name: string;
  readonly title: string;
  readonly run: (context: PartContext) => Promise<readonly PartRow[]>;
}

/** A row with its duration. */
export async function timed(work: () => Promise<Omit<PartRow, 'seconds'>>): Promise<PartRow> {
  const started = performance.now();
  const row = await work();
  return { ...row, seconds: (performance.now() - started) / 1000 };
}

/** A row of what this machine cannot run. */
export const leftOut = (title: string, reason: string): PartRow => ({
  title,
  result: `left out: ${reason}`,
  passed: 0,
  failed: 0,
  problems: [],
  made: '',
  seconds: 0,
  skipped: true,
});
