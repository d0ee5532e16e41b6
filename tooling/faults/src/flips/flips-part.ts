import { timed, type Part } from '../part.ts';
import { flipEveryBit } from './flip-every-bit.ts';

/** Single bits. */
export const flipsPart: Part = {
  name: 'flips',
  title: 'Flipped bits',
  run: async () => {
    const row = await timed(async () => {
      const { flips, files, missed } = await flipEveryBit();
      return {
        title: 'each single bit of a checkpoint flipped',
        result: `${flips - missed.length} of ${flips} flips in ${files} files are found, and the file is named`,
        passed: flips - missed.length,
        failed: missed.length,
        problems: missed,
        made: 'no engine, no chance',
      };
    });
    return [row];
  },
};
