import { leftOut, timed, type Part } from '../part.ts';
import { failingCalls } from './failing-calls.ts';
import { straceProblem } from './traced-save.ts';

const title = 'the n-th system call of a save fails, n = 1, 2, 3 …, by strace in real processes';

/** Failing system calls. */
export const stracePart: Part = {
  name: 'strace',
  title: 'System calls that fail',
  run: async ({ say }) => {
    const problem = straceProblem();
    if (problem !== undefined) return [leftOut(title, problem)];
    const row = await timed(async () => {
      const report = await failingCalls((done, all) => {
        if (done % 50 === 0) say(`${done} of ${all} saves with a call that fails`);
      });
      const { saves, refused, told, untold, problems } = report;
      const counts = Object.entries(report.counts).map(([call, count]) => `${call} ${count}`);
      const failed = Math.min(saves, problems.length);
      return {
        title,
        result: `${saves} saves, with ENOSPC, EIO and EACCES, once and from then on, at each of ${counts.join(', ')}: ${refused} end with a clear error, ${told} are done and tell what could not be removed or listed, ${untold} could not close a folder they had listed; each time all checkpoints load, and a fresh save works`,
        passed: saves - failed,
        failed,
        problems,
        made: 'no engine, no chance',
      };
    });
    return [row];
  },
};
