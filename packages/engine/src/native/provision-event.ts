/** What {@link provisionNative} is doing. */
export interface ProvisionEvent {
  readonly step: 'choose' | 'wait' | 'download' | 'verify' | 'extract' | 'sources' | 'compile' | 'install' | 'check' | 'failed';
  /** On what, or why: a requirement, a file, the owner of the lock, the reason of a choice, what went wrong before the next way is tried. */
  readonly detail: string;
  /** Of a download: how many bytes have come so far. It is told about twice a second. */
  readonly bytes?: number;
}

/** What every step of a provisioning is given. */
export interface StepContext {
  readonly report: (event: ProvisionEvent) => void;
  readonly signal: AbortSignal;
}
