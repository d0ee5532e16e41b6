import { oneCheck, type StepResult } from '../../check/src/step-result.ts';

/** Prints each thing that is done, and counts. */
export interface Report {
  /** Does one thing, and prints after its title what it returns where that is a text. Undefined where it threw, which fails; an interrupt is thrown on, and counts for nothing. */
  attempt<T>(title: string, work: () => Promise<T>): Promise<T | undefined>;
  skip(title: string, reason: string): void;
  results(): readonly StepResult[];
}

export function createReport({ signal, print }: { readonly signal: AbortSignal; readonly print: (line: string) => void }): Report {
  const results: StepResult[] = [];
  return {
    attempt: async (title, work) => {
      const start = Date.now();
      const say = (verdict: string, detail: string): void =>
        print(`  ${verdict.padEnd(9)}${title}${detail}; ${((Date.now() - start) / 1000).toFixed(1)} s`);
      try {
        signal.throwIfAborted();
        const value = await work();
        say('ok', typeof value === 'string' ? `: ${value}` : '');
        results.push(oneCheck(true));
        return value;
      } catch (error) {
        say('FAILED', '');
        signal.throwIfAborted();
        results.push(oneCheck(false));
        print((error as Error).message.replaceAll(/^/gm, '    '));
        return undefined;
      }
    },
    skip: (title, reason) => {
      print(`  ${'skipped'.padEnd(9)}${title}: ${reason.replaceAll('\n', '\n    ')}`);
      results.push({ passed: 0, failed: 0, skipped: [`${title}: ${reason}`] });
    },
    results: () => results,
  };
}
