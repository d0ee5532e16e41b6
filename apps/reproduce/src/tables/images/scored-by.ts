import type { FeatureName } from '../../choices.ts';
import type { ImageTable } from '../table.ts';

/** What decides a score beside the samples and what comes with the program: weights of a file, and what samples are compared with. */
export function scoredBy({ inception, reference }: ImageTable, features: FeatureName): Readonly<Record<string, string>> {
  return {
    ...(features === 'inception' && inception && { checksum: inception.checksum }),
    ...(reference !== 'test' && { reference }),
  };
}
