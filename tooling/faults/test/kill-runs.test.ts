import { expect, it } from 'vitest';
import { killRuns } from '../src/kill/kill-runs.ts';

it(
  '[1] a run that is killed 20 times at random moments loses nothing, and ends as the run that was never killed',
  { timeout: 300_000 },
  async () => {
    const report = await killRuns({ kills: 20, seed: 'npm test' });
    expect(report).toMatchObject({ kills: 20, loaded: 20, kept: 20, identical: report.finished });
    expect(report.finished).toBeGreaterThan(0);
    expect(report.afterFirstCheckpoint).toBeGreaterThan(0);
  },
);
