import { isD3pmError } from '@d3pm/core';
import fc from 'fast-check';
import { expect } from 'vitest';

/** At least 300; more by `D3PM_FUZZ_RUNS`. */
const fuzzRuns: number = Math.max(300, Number(process.env['D3PM_FUZZ_RUNS'] ?? 0));

const MEGABYTE = 2 ** 20;
const MAX_MS = 1000;

/**
 * Whatever comes, a decoder returns or throws a D3pmError `INVALID_DATA` with a short message, at once, without allocating much more
 * than the file has. Both must happen: a mutator that only ever breaks the first bytes tests nothing.
 */
export function expectOnlyRefusals(decode: (bytes: Uint8Array) => unknown, files: fc.Arbitrary<Uint8Array>): void {
  const outcomes = new Set<string>();
  fc.assert(
    fc.property(files, (bytes) => {
      const memory = process.memoryUsage().arrayBuffers;
      const start = performance.now();
      const outcome = outcomeOf(() => decode(bytes));
      const elapsed = performance.now() - start;
      expect(outcome).toMatch(/^(decoded|INVALID_DATA: [^\n]{20,1000})$/);
      expect(elapsed).toBeLessThan(MAX_MS);
      expect(process.memoryUsage().arrayBuffers - memory).toBeLessThan(MEGABYTE + 4 * bytes.length);
      outcomes.add(outcome.slice(0, 7));
    }),
    { numRuns: fuzzRuns },
  );
  expect([...outcomes].toSorted()).toEqual(['INVALID', 'decoded']);
}

/** `decoded`, the code and message of a D3pmError, or what else came out. */
export function outcomeOf(decode: () => unknown): string {
  try {
    decode();
    return 'decoded';
  } catch (error) {
    return isD3pmError(error) ? `${error.code}: ${error.message}` : `not a D3pmError: ${String(error)}`;
  }
}
