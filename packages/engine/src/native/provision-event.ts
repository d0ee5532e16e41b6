/** What {@link provisionNative} is doing. */
export interface ProvisionEvent {
  readonly step: 'wait' | 'download' | 'verify' | 'extract' | 'sources' | 'compile' | 'check';
  /** On what: a requirement, a file, the owner of the lock. */
  readonly detail: string;
  /** Of a download: how many bytes have come so far. It is told about twice a second. */
  readonly bytes?: number;
}

/** What every step of a provisioning is given. */
export interface StepContext {
  readonly report: (event: ProvisionEvent) => void;
  readonly signal: AbortSignal;
}
