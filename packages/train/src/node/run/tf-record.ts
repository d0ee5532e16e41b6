import { crc32c } from './crc32c.ts';

/**
 * A record of a TFRecord file, all numbers little-endian:
 *
 *     uint64 length, uint32 masked CRC of these 8 bytes, data, uint32 masked CRC of the data
 */
export function tfRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}

/** Rotated right by 15 bits and shifted by a constant, modulo 2³², so that a checksum of data that hold checksums is a good one too. */
function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
