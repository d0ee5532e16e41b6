import { prepareEngine } from '@d3pm/engine';
import { leftOut, timed, type Part, type PartRow } from '../part.ts';
import { killRuns } from './kill-runs.ts';

const title = (engine: string): string => `kill −9 at random moments of a training run, ${engine} engine`;

/** SIGKILL at random moments of a training run. */
export const killPart: Part = {
  name: 'kill',
  title: 'kill −9',
  run: async ({ kills, nativeKills, say }) => [
    await killRow('cpu', kills, say),
    (await nativeProblem()) === undefined ? await killRow('native', nativeKills, say) : leftOut(title('native'), (await nativeProblem())!),
  ],
};

function killRow(engine: 'cpu' | 'native', kills: number, say: (line: string) => void): Promise<PartRow> {
  const seed = 'kill -9';
  return timed(async () => {
    const onKill = (done: number): void => {
      if (done % 10 === 0) say(`${engine}: ${done} of ${kills} kills`);
    };
    const report = await killRuns({ kills, seed, engine, onKill });
    const { loaded, kept, finished, identical, afterFirstCheckpoint } = report;
    const checks = [
      { held: loaded, of: report.kills, what: 'kills after which the newest checkpoint loads and none is damaged' },
      { held: kept, of: report.kills, what: 'kills by which nothing acknowledged was lost' },
      { held: identical, of: finished, what: 'finished runs that are, byte for byte, the run never killed' },
    ];
    return {
      title: title(engine),
      result: `${report.kills} kills, ${afterFirstCheckpoint} of them after the first checkpoint: no checkpoint is damaged (${loaded}), the newest is at least as new as the last that the run said it saved (${kept}); ${identical} of ${finished} runs end byte for byte as the run that was never killed`,
      passed: checks.reduce((sum, { held }) => sum + held, 0),
      failed: checks.reduce((sum, { held, of }) => sum + of - held, 0),
      problems: checks.filter(({ held, of }) => held !== of).map(({ held, of, what }) => `${held} of ${of} ${what}`),
      made: `${engine}${engine === 'native' ? ', 2 threads' : ''}; seed "${seed}"`,
    };
  });
}

/** Why the native engine is not there. */
async function nativeProblem(): Promise<string | undefined> {
  try {
    await prepareEngine({ backend: 'native', threads: 2 });
    return undefined;
  } catch (error) {
    return `${(error as Error).message.split('\n')[0]}; npx @d3pm/reproduce setup`;
  }
}
