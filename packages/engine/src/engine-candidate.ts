/** The engines that can be chosen. */
export type EngineName = 'native' | 'webgpu' | 'wasm' | 'cpu';

/** What {@link prepareEngine} found and did. */
export interface EngineInfo {
  /** The engine that was chosen. */
  readonly name: EngineName;
  /** Name of the active tfjs back end. */
  readonly backend: string;
  /** Why this one: what was asked for, and what every candidate before it lacked; for the native one also which it is. */
  readonly reason: string;
  /** Whether it computes on several numbers an instruction (native, wasm SIMD); false for plain JavaScript. */
  readonly simd: boolean;
  /** Threads that it computes with, this one included. */
  readonly threads: number;
  /** What computes, with its version: `TensorFlow 2.16.2`, `TensorFlow.js 4.22.0`. */
  readonly library: string;
  /** `processor`, or the card by its name. */
  readonly device: string;
}

export interface EngineSetting {
  /** Whether nobody has asked for this one by its name: then it is refused where the next candidate is the better choice. */
  readonly automatic: boolean;
  readonly threads: number | undefined;
  readonly wasmPath: string | undefined;
}

/** What a candidate that has started says of itself. */
export interface Started {
  readonly simd: boolean;
  readonly threads: number;
  /** Which it is, where its name does not tell. */
  readonly detail?: string;
  /** @defaultValue tfjs with its version */
  readonly library?: string;
  /** @defaultValue `processor` */
  readonly device?: string;
}

/** One back end that can be chosen. A new engine is one file with such a value, and its line in `candidates.ts`. */
export interface EngineCandidate {
  /** Value of the option `backend`. */
  readonly name: EngineName;
  /** Name of the tfjs back end. */
  readonly backend: string;
  /** Undefined when it can run here, else the reason in a few words. Loads nothing. */
  unavailable(): Promise<string | undefined> | string | undefined;
  /** Loads the back end, makes it the active one and adds what it lacks. Throws when it cannot; the next candidate is tried then. */
  activate(setting: EngineSetting): Promise<Started>;
}
