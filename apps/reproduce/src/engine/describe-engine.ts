import type { EngineInfo } from '@d3pm/engine';

/** An engine in one line: `native: TensorFlow 2.16.2 on the processor, 2 threads (first choice)`. */
export function describeEngine({ name, reason, ...engine }: EngineInfo): string {
  return `${name}: ${describeDevice(engine)} (${reason})`;
}

/** What computes, and on what: `TensorFlow 2.16.2 on the processor, 2 threads`. */
export function describeDevice({ library, device, threads }: Pick<EngineInfo, 'library' | 'device' | 'threads'>): string {
  const count = threads === 1 ? '1 thread' : `${threads} threads`;
  return device === 'processor' ? `${library} on the processor, ${count}` : `${library} on ${device}`;
}
