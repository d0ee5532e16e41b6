import { machineBytes } from './little-endian.ts';
import { viewOf, type HostTensor } from './host-tensor.ts';

/** Where a BOOL is neither 0 nor 1; undefined when all are. */
export function boolProblem({ dtype, data }: HostTensor): string | undefined {
  if (dtype !== 'BOOL') return undefined;
  const wrong = data.findIndex((byte) => byte > 1);
  return wrong === -1 ? undefined : `value ${wrong} is ${data[wrong]}, expected 0 or 1`;
}

/** The first value that is NaN or infinite, of F64, F32, F16 and BF16; undefined when all are finite. */
export function nonFiniteProblem({ dtype, data }: HostTensor): string | undefined {
  const wrong = firstNonFinite({ dtype, data } as HostTensor);
  if (wrong === -1) return undefined;
  const shown = dtype === 'F32' || dtype === 'F64' ? String(data[wrong]) : `0x${data[wrong]!.toString(16)}`;
  return `value ${wrong} is ${shown}, which is not finite`;
}

function firstNonFinite({ dtype, data }: Pick<HostTensor, 'data' | 'dtype'>): number {
  const exponent = dtype === 'F16' ? 0x7c00 : dtype === 'BF16' ? 0x7f80 : 0; // all ones in ±∞ and NaN
  if (exponent !== 0) return (data as Uint16Array).findIndex((bits) => (bits & exponent) === exponent);
  if (dtype !== 'F32' && dtype !== 'F64') return -1;
  const values = data as Float32Array;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}

/** Little-endian bytes, which must own their whole buffer, as numbers. */
export function numbersOf(dtype: HostTensor['dtype'], bytes: Uint8Array<ArrayBuffer>): HostTensor['data'] {
  const View = viewOf(dtype);
  return new View(machineBytes(bytes, View.BYTES_PER_ELEMENT).buffer);
}
