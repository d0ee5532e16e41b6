import type { NumericDtype } from '@d3pm/data';

/** Bytes a number and the DataView method that writes it: the test's own table, for encoders. */
const WRITERS: Readonly<Record<NumericDtype, readonly [number, (view: DataView, value: number | bigint, littleEndian: boolean) => void]>> =
  {
    bool: [1, (view, value) => view.setUint8(0, Number(value))],
    uint8: [1, (view, value) => view.setUint8(0, Number(value))],
    int8: [1, (view, value) => view.setInt8(0, Number(value))],
    uint16: [2, (view, value, little) => view.setUint16(0, Number(value), little)],
    int16: [2, (view, value, little) => view.setInt16(0, Number(value), little)],
    uint32: [4, (view, value, little) => view.setUint32(0, Number(value), little)],
    int32: [4, (view, value, little) => view.setInt32(0, Number(value), little)],
    uint64: [8, (view, value, little) => view.setBigUint64(0, BigInt(value), little)],
    int64: [8, (view, value, little) => view.setBigInt64(0, BigInt(value), little)],
    float32: [4, (view, value, little) => view.setFloat32(0, Number(value), little)],
    float64: [8, (view, value, little) => view.setFloat64(0, Number(value), little)],
  };

/** The numbers one after the other, in the byte order of a file. */
export function numericBytes(dtype: NumericDtype, values: readonly (number | bigint)[], littleEndian: boolean): number[] {
  const [width, write] = WRITERS[dtype];
  return values.flatMap((value) => {
    const view = new DataView(new ArrayBuffer(width));
    write(view, value, littleEndian);
    return [...new Uint8Array(view.buffer)];
  });
}
