/** What {@link prepareEngine} found and did. */
export interface EngineInfo {
  /** Name of the active tfjs back end. */
  readonly backend: string;
  /** Why this one: what was asked for, and what every candidate before it lacked; for the native one also which it is. */
  readonly reason: string;
  /** Whether it computes on several numbers an instruction (native, wasm SIMD); false for plain JavaScript. */
  readonly simd: boolean;
  /** Threads that it computes with, this one included. */
  readonly threads: number;
}

export interface EngineSetting {
  readonly threads: number | undefined;
  readonly wasmPath: string | undefined;
}

/** What a candidate that has started says of itself. */
export interface Started {
  readonly simd: boolean;
  readonly threads: number;
  /** Which it is, where its name does not tell. */
  readonly detail?: string;
}

/** One back end that can be chosen. A new engine is one file with such a value, and its line in `candidates.ts`. */
export interface EngineCandidate {
  /** Value of the option `backend`. */
  readonly name: string;
  /** Name of the tfjs back end. */
  readonly backend: string;
  /** Undefined when it can run here, else the reason in a few words. Loads nothing. */
  unavailable(): Promise<string | undefined> | string | undefined;
  /** Loads the back end, makes it the active one and adds what it lacks. Throws when it cannot; the next candidate is tried then. */
  activate(setting: EngineSetting): Promise<Started>;
}
