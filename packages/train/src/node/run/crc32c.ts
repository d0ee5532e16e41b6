/** 0x1EDC6F41 with its bits reversed, as Castagnoli's polynomial is used. */
const POLYNOMIAL = 0x82f63b78;

/** The checksum of each byte alone. */
const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  return crc;
});

/** CRC-32C of RFC 3720, appendix B.4, 0 … 2³² − 1; that of the text `123456789` is e3069283. `node:zlib` has the other CRC-32 only. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff]!;
  return (crc ^ 0xffffffff) >>> 0;
}
