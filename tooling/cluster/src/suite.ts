/** Tests `*.on-<name>.test.ts` and what they run on. */
export interface Suite {
  readonly name: string;
  /** What this machine or user lacks, in words; undefined where nothing. */
  readonly missing: () => string | undefined;
  readonly start: () => Promise<Started>;
}

export interface Started {
  /** By which the tests find it. */
  readonly env: NodeJS.ProcessEnv;
  /** Ends whatever still runs on it, and removes it. */
  readonly stop: () => Promise<void>;
}
