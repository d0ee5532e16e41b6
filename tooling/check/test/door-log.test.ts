import { describe, expect, it } from 'vitest';
import { createDoorLog, reportLine, tally } from '../src/door-log.ts';
import { oneCheck, resultLine } from '../src/step-result.ts';

const ok = oneCheck(true);

describe('createDoorLog', () => {
  it('reports a step when its result comes, with its output and its time, though steps are interleaved', () => {
    const times = [1000, 2000, 3500];
    const log = createDoorLog(() => times.shift()!);
    const lines = [
      '• Running check:lint, check:types',
      'check:lint: cache miss, executing 12ab',
      'check:types: cache miss, executing 34cd',
      'check:lint: a.ts:1: wrong',
      'check:types: fine',
      `check:lint: ${resultLine(oneCheck(false))}`,
    ];
    expect(lines.map((line) => log.read(line)?.name)).toEqual([undefined, undefined, undefined, undefined, undefined, 'lint']);
    expect(log.finish(['lint'])).toEqual([{ name: 'lint', result: oneCheck(false), seconds: 2.5, output: 'a.ts:1: wrong' }]);
  });

  it('takes the result of a cached step from the replayed lines', () => {
    const log = createDoorLog();
    log.read('check:lint: cache hit, replaying logs 12ab');
    expect(log.read(`check:lint: ${resultLine(ok)}`)).toMatchObject({ result: ok, seconds: undefined });
  });

  it('counts a step without a result as failed, whether it died or never began', () => {
    const log = createDoorLog();
    log.read('x no pnpm on this machine');
    log.read('check:tests: cache bypass, force executing 12ab');
    log.read('check:tests: Segmentation fault');
    const [tests, docs] = log.finish(['tests', 'docs']);
    expect(tests).toMatchObject({ result: { passed: 0, failed: 1 }, output: 'Segmentation fault\nthe step ended without a result' });
    expect(docs!.output).toContain('x no pnpm on this machine');
  });
});

describe('reportLine', () => {
  it.each([
    [{ name: 'lint', result: ok, seconds: 1.23, output: '' }, 'lint       ok         1.2 s'],
    [{ name: 'lint', result: ok, seconds: undefined, output: '' }, 'lint       cached'],
    [{ name: 'lint', result: oneCheck(false), seconds: 12, output: '' }, 'lint       FAILED    12.0 s'],
    [
      { name: 'tests', result: { passed: 7, failed: 1, skipped: ['x'] }, seconds: 60, output: '' },
      'tests      FAILED    60.0 s  7 passed, 1 failed, 1 skipped',
    ],
  ])('%j', (report, line) => {
    expect(reportLine(report)).toBe(line);
  });
});

describe('tally', () => {
  it('adds up, and names skips only where there are some', () => {
    expect(tally([ok, { passed: 10, failed: 2, skipped: [] }])).toBe('11 passed, 2 failed');
    expect(tally([{ passed: 1, failed: 0, skipped: ['no chromium'] }])).toBe('1 passed, 0 failed, 1 skipped');
  });
});
