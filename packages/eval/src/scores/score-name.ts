import type { ExtractorIdentity } from './feature-extractor.ts';

export type ScoreMetric = 'fid' | 'inception-score' | 'kid';

const SHORT = { fid: 'FID', kid: 'KID', 'inception-score': 'IS' } as const;

/**
 * What a score must be called: `FID-<id of the extractor>`. Plain FID, KID and IS mean the 2015 Inception-v3 weights of their authors; with
 * any other network numbers cannot be compared.
 */
export function scoreName(metric: ScoreMetric, extractor: ExtractorIdentity): string {
  return `${SHORT[metric]}-${extractor.id}`;
}
