import { stripVTControlCharacters } from 'node:util';
import { parseResultLine, type StepResult } from './step-result.ts';

export interface StepReport {
  readonly name: string;
  readonly result: StepResult;
  /** Wall time, or undefined where the result came from turbo's cache. */
  readonly seconds: number | undefined;
  readonly output: string;
}

interface OpenStep {
  readonly startedMs: number;
  readonly cached: boolean;
  readonly output: string[];
}

export interface DoorLog {
  /** Takes one line; returns the report of the step that it closes. */
  read(line: string): StepReport | undefined;
  /** Every report so far, with a failure for each step of `names` that was asked for and never gave a result. */
  finish(names: readonly string[]): readonly StepReport[];
}

/** Reads turbo's stream, `check:<step>: <line>`, and reports each step as soon as its result line has come. */
export function createDoorLog(now: () => number = Date.now): DoorLog {
  const open = new Map<string, OpenStep>();
  const reports = new Map<string, StepReport>();
  const other: string[] = [];

  const close = (name: string, step: OpenStep, result: StepResult): StepReport => {
    const seconds = step.cached ? undefined : (now() - step.startedMs) / 1000;
    const report = { name, result, seconds, output: step.output.join('\n') };
    reports.set(name, report);
    return report;
  };

  const silence = (name: string): StepReport => {
    const output = open.get(name)?.output ?? [`${name} never started:`, ...other];
    const result = { passed: 0, failed: 1, skipped: [] };
    return { name, result, seconds: undefined, output: [...output, 'the step ended without a result'].join('\n') };
  };

  return {
    read: (line) => {
      const { name, text } = /^check:(?<name>[a-z-]+): ?(?<text>.*)$/.exec(stripVTControlCharacters(line))?.groups ?? {};
      if (name === undefined || text === undefined) {
        other.push(line);
        return undefined;
      }
      const step = open.get(name);
      if (step === undefined) {
        open.set(name, { startedMs: now(), cached: text.startsWith('cache hit'), output: [] });
        return undefined;
      }
      const result = parseResultLine(text);
      if (result !== undefined) return close(name, step, result);
      step.output.push(text);
      return undefined;
    },
    finish: (names) => [...reports.values(), ...names.filter((name) => !reports.has(name)).map(silence)],
  };
}

/** `format      ok      0.3 s`, with the counts where a step is more than one check. */
export function reportLine({ name, result, seconds }: StepReport): string {
  const { passed, failed, skipped } = result;
  const time = seconds === undefined ? '' : `${seconds.toFixed(1)} s`;
  const state = failed > 0 ? 'FAILED' : seconds === undefined ? 'cached' : 'ok';
  const counts = passed + failed + skipped.length > 1 ? `  ${tally([result])}` : '';
  return `${name.padEnd(10)} ${state.padEnd(7)} ${time.padStart(8)}${counts}`.trimEnd();
}

/** `N passed, N failed`, and `, N skipped` where something was: the last line of every run. */
export function tally(results: Iterable<StepResult>): string {
  let [passed, failed, skipped] = [0, 0, 0];
  for (const result of results) {
    passed += result.passed;
    failed += result.failed;
    skipped += result.skipped.length;
  }
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
