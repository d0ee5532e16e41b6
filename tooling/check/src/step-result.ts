/** What one step of the door found. The numbers are counted, never assumed. */
export interface StepResult {
  readonly passed: number;
  readonly failed: number;
  /** What the machine lacks, one text for each check that was left out. */
  readonly skipped: readonly string[];
}

/** The prefix of the line by which a step hands its result to the door. */
const MARK = '@@step ';

/** A step that is one check: passed or failed. */
export const oneCheck = (ok: boolean): StepResult => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [] });

/** A continuous-integration machine must have everything: there a skip is a failure. */
export function withoutSkipsInCi(result: StepResult, ci: boolean): StepResult {
  if (!ci) return result;
  return { passed: result.passed, failed: result.failed + result.skipped.length, skipped: [] };
}

export const resultLine = (result: StepResult): string => MARK + JSON.stringify(result);

/** The result in a line that a step printed, or undefined for any other line. */
export function parseResultLine(line: string): StepResult | undefined {
  return line.startsWith(MARK) ? (JSON.parse(line.slice(MARK.length)) as StepResult) : undefined;
}
