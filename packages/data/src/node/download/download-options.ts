export interface DownloadProgress {
  /** Bytes that are there, those of earlier tries included. */
  readonly received: number;
  /** Bytes of the whole file, where the server or the caller says it. */
  readonly total: number | undefined;
  /** Bytes of earlier tries that did not have to be fetched again. */
  readonly resumedFrom: number;
}

/** How a file is fetched, whichever it is. */
export interface TransferOptions {
  /** @defaultValue `data` in `$D3PM_CACHE`, else in the cache folder of the user (`~/.cache/d3pm`) */
  readonly folder?: string;
  /** Only what is there already; no connection is made. @defaultValue false */
  readonly offline?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Told in a sentence why it waits, tries again or starts over, and the SHA-256 of a file that came without one. */
  readonly onNotice?: (notice: string) => void;
  /** @defaultValue `globalThis.fetch` */
  readonly fetch?: typeof globalThis.fetch;
  /** A connection on which nothing comes for so long is given up. @defaultValue 60000 */
  readonly idleTimeoutMs?: number;
  /** Tries after the first one of an address, counted anew whenever the file has grown. @defaultValue 4 */
  readonly retries?: number;
  /** Before the first new try; doubled for each further one. @defaultValue 1000 */
  readonly retryDelayMs?: number;
  /** The longest wait, also where the server asks for a longer one. @defaultValue 60000 */
  readonly maxRetryDelayMs?: number;
  /** How a delay passes; a test may have its own. Rejects when the signal is aborted. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

export interface FetchFileOptions extends TransferOptions {
  /** Where the file is: http or https. Several are mirrors of the same bytes, tried in order. */
  readonly url: string | readonly string[];
  readonly fileName: string;
  /** In hexadecimal. Without it a damaged file is found by its length at most. */
  readonly sha256?: string;
  /** Bytes. */
  readonly size?: number;
}

/** The same with all defaults, for the steps of a download. */
export interface Download {
  readonly urls: readonly string[];
  readonly path: string;
  readonly folder: string;
  readonly fileName: string;
  readonly sha256: string | undefined;
  readonly size: number | undefined;
  readonly offline: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: DownloadProgress) => void;
  readonly onNotice: (notice: string) => void;
  readonly fetch: typeof globalThis.fetch;
  readonly idleTimeoutMs: number;
  readonly retries: number;
  readonly retryDelayMs: number;
  readonly maxRetryDelayMs: number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
}
