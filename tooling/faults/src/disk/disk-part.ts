import { leftOut, timed, type Part } from '../part.ts';
import { fullDisk } from './full-disk.ts';

const title = 'a disk that is really full (a tmpfs of 1 MiB)';

/** A full disk. */
export const diskPart: Part = {
  name: 'full-disk',
  title: 'A full disk',
  run: async () => {
    const started = performance.now();
    const report = await fullDisk();
    if (report === undefined) return [leftOut(title, 'this user may not mount a tmpfs; run it as root')];
    const row = await timed(async () => {
      const { refused, saved, problems } = report;
      const failed = Math.min(refused + saved, problems.length);
      return {
        title,
        result: `${refused} saves that do not fit, by every number of missing pages: each is refused with ENOSPC in clear words and leaves nothing, and all older checkpoints load; ${saved} that fit, two of them after room was made`,
        passed: refused + saved - failed,
        failed,
        problems,
        made: 'no engine, no chance',
      };
    });
    return [{ ...row, seconds: (performance.now() - started) / 1000 }];
  },
};
