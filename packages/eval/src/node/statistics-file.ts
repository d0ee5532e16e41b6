import { D3pmError, quoted } from '@d3pm/core';
import { createHash } from 'node:crypto';
import type { FeatureStatistics } from '../scores/feature-statistics.ts';

/** Whose statistics are expected, and how many features they have. */
export interface StatisticsKey {
  readonly extractorId: string;
  readonly extractorChecksum: string;
  readonly dataId: string;
  /** d */
  readonly numFeatures: number;
}

const FORMAT = 'd3pm-feature-statistics-1';

/** The name of the file of these statistics: another data set, network or set of weights has another one. */
export function statisticsFileName(key: StatisticsKey): string {
  const { extractorId, extractorChecksum, dataId, numFeatures } = key;
  const hash = createHash('sha256').update(JSON.stringify([FORMAT, dataId, extractorId, extractorChecksum, numFeatures]));
  return `statistics-${hash.digest('hex').slice(0, 32)}.safetensors`;
}

/**
 * A safetensors file with the F64 tensors `mean` [d] and `covariance` [d, d], little-endian, and in its metadata whose they are, N, and the
 * SHA-256 of all that.
 */
export function encodeStatistics({ extractor, dataId, numSamples, mean, covariance }: FeatureStatistics): Uint8Array {
  const numFeatures = mean.length;
  const key = { extractorId: extractor.id, extractorChecksum: extractor.checksum, dataId, numFeatures };
  const numbers = new Uint8Array(8 * (mean.length + covariance.length));
  const view = new DataView(numbers.buffer);
  mean.forEach((value, i) => view.setFloat64(8 * i, value, true));
  covariance.forEach((value, i) => view.setFloat64(8 * (numFeatures + i), value, true));
  const header = headerOf(key, numSamples, numbers);
  const bytes = new Uint8Array(8 + header.length + numbers.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  bytes.set(numbers, 8 + header.length);
  return bytes;
}

/**
 * The statistics in a file, every byte of which is accounted for.
 *
 * @throws {D3pmError} `INVALID_DATA` unless the file is exactly what {@link encodeStatistics} writes for this key.
 */
export function decodeStatistics(path: string, bytes: Uint8Array, key: StatisticsKey): FeatureStatistics {
  const refuse = (problem: string): never => {
    throw new D3pmError('INVALID_DATA', `cachedStatistics: ${quoted(path)} ${problem}; remove it to have it made again`);
  };
  const { numFeatures: d, extractorId, extractorChecksum, dataId } = key;
  const numbersLength = 8 * (d + d * d);
  const start = bytes.length - numbersLength;
  if (start < 8) refuse(`has ${bytes.length} bytes, expected more than ${numbersLength} for ${d} features`);
  const numbers = bytes.subarray(start);
  const numSamples = numSamplesOf(bytes.subarray(8, start));
  if (numSamples === undefined) return refuse('has no header that tells the number of samples');
  const header = headerOf(key, numSamples, numbers);
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const isIntact = headerLength === BigInt(header.length) && Buffer.compare(header, bytes.subarray(8, start)) === 0;
  if (!isIntact) refuse(`is damaged, or not of ${quoted(dataId)} and ${quoted(extractorId)}: header and numbers do not belong together`);
  const view = new DataView(numbers.buffer, numbers.byteOffset);
  const read = (from: number, count: number): Float64Array =>
    Float64Array.from({ length: count }, (_, i) => view.getFloat64(8 * (from + i), true));
  return { extractor: { id: extractorId, checksum: extractorChecksum }, dataId, numSamples, mean: read(0, d), covariance: read(d, d * d) };
}

/** Padded with spaces to whole words, as the format asks. */
function headerOf(key: StatisticsKey, numSamples: number, numbers: Uint8Array): Uint8Array {
  const d = key.numFeatures;
  const metadata = {
    format: FORMAT,
    dataId: key.dataId,
    extractorId: key.extractorId,
    extractorChecksum: key.extractorChecksum,
    numSamples: String(numSamples),
  };
  const sha256 = createHash('sha256').update(JSON.stringify(metadata)).update(numbers).digest('hex');
  const json = JSON.stringify({
    __metadata__: { ...metadata, sha256 },
    mean: { dtype: 'F64', shape: [d], data_offsets: [0, 8 * d] },
    covariance: { dtype: 'F64', shape: [d, d], data_offsets: [8 * d, 8 * (d + d * d)] },
  });
  const bytes = new TextEncoder().encode(json);
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8).fill(0x20);
  padded.set(bytes);
  return padded;
}

function numSamplesOf(header: Uint8Array): number | undefined {
  const found = /"numSamples":"([1-9]\d{0,15})"/.exec(new TextDecoder().decode(header));
  return found ? Number(found[1]) : undefined;
}
