import { assertInteger, D3pmError, quoted } from '@d3pm/core';
import type { ExtractorIdentity, FeatureExtractor } from './feature-extractor.ts';

/** Throws `INVALID_OPTIONS`, naming the field, unless `value` has all that a {@link FeatureExtractor} must have. */
export function assertExtractor(caller: string, value: unknown): asserts value is FeatureExtractor {
  if (typeof value !== 'object' || value === null) {
    throw new D3pmError('INVALID_OPTIONS', `${caller}: extractor is ${JSON.stringify(value) ?? 'missing'}, expected a FeatureExtractor`);
  }
  const { id, checksum, numFeatures, numClasses, extract } = value as Partial<Record<keyof FeatureExtractor, unknown>>;
  const refuse = (field: string, got: unknown, expected: string): never => {
    const shown = typeof got === 'string' ? quoted(got) : String(got);
    throw new D3pmError('INVALID_OPTIONS', `${caller}: extractor.${field} is ${shown}, expected ${expected}`);
  };
  if (typeof id !== 'string' || !/^[\w.@+/-]+$/.test(id)) refuse('id', id, 'letters, digits and . _ - + @ / of network and layer');
  if (typeof checksum !== 'string' || !/^[0-9a-f]{64}$/.test(checksum)) {
    refuse('checksum', checksum, 'the SHA-256 of the weights in 64 lower-case hexadecimal digits');
  }
  assertInteger(caller, 'extractor.numFeatures', numFeatures, 1);
  if (numClasses !== undefined) assertInteger(caller, 'extractor.numClasses', numClasses, 2);
  if (typeof extract !== 'function') refuse('extract', typeof extract, 'a function');
}

interface Extracted {
  readonly extractor: ExtractorIdentity;
  readonly dataId: string;
}

/** Throws `INVALID_DATA`, naming both, when features of different networks or weights are compared. */
export function assertSameExtractor(caller: string, a: Extracted, b: Extracted): void {
  if (a.extractor.id === b.extractor.id && a.extractor.checksum === b.extractor.checksum) return;
  const shown = ({ extractor, dataId }: Extracted): string =>
    `${quoted(dataId)} are of extractor ${quoted(extractor.id)}, weights ${quoted(extractor.checksum.slice(0, 16))}`;
  throw new D3pmError(
    'INVALID_DATA',
    `${caller}: features of ${shown(a)}, those of ${shown(b)}: their distance says nothing; extract both with the same weights`,
  );
}
