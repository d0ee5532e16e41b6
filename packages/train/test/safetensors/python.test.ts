import { spawnSync } from 'node:child_process';
import { decodeSafetensors, encodeSafetensors, type HostTensor, type SafetensorsDtype } from '@d3pm/train';
import { describe, expect, it } from 'vitest';
import { dtypes, tensorOf, widthOf } from './arb-host-tensors.ts';

const run = (
  python: string,
  script: string,
  input = '',
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } =>
  spawnSync(python, ['-c', script], { input, encoding: 'utf8' });

const python = [process.env['D3PM_PYTHON'], 'python3']
  .filter((name) => name !== undefined)
  .find((name) => run(name, 'import numpy, safetensors.numpy').status === 0);

/** Both scripts speak lines of JSON: [[name, dtype, shape, bytes in hexadecimal], …]. */
const READ = `
import json, sys
from safetensors import deserialize
print(json.dumps([[n, t["dtype"], t["shape"], bytes(t["data"]).hex()] for n, t in deserialize(bytes.fromhex(sys.stdin.read()))]))
`;
const WRITE = `
import json, sys
import numpy as np
from safetensors.numpy import save, _TYPES
tensors = {n: np.frombuffer(bytes.fromhex(b), dtype=_TYPES[d]).reshape(s) for n, d, s, b in json.loads(sys.stdin.read())}
print(save(tensors, {"made by": "péer"}).hex())
`;

type Line = readonly [name: string, dtype: string, shape: readonly number[], hex: string];

/** Two rows of every dtype, of bits that NaN, −0 and denormals have too; a scalar, an empty tensor and names in several scripts. */
const tensorsOf = (chosen: readonly SafetensorsDtype[]): Readonly<Record<string, HostTensor>> => ({
  ...Object.fromEntries(
    chosen.map((dtype) => {
      const bytes = Array.from({ length: 6 * widthOf(dtype) }, (_, i) => (dtype === 'BOOL' ? i % 2 : (i * 151 + 0x7f) % 256));
      return [`block/${dtype}`, tensorOf(dtype, [2, 3], bytes)];
    }),
  ),
  scalar: tensorOf('F32', [], [1, 0, 0, 0x80]),
  'empty\n"': tensorOf('F64', [0, 5], []),
  '\u{1f600}': tensorOf('U8', [1], [1]),
  '\uffee': tensorOf('U8', [1], [2]),
  имя: tensorOf('U8', [1], [3]),
});

const hex = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string => Buffer.from(buffer, byteOffset, byteLength).toString('hex');
const linesOf = (tensors: Iterable<readonly [string, HostTensor]>): readonly Line[] =>
  [...tensors].map(([name, { dtype, shape, data }]): Line => [name, dtype, shape, hex(data)]).toSorted(([a], [b]) => (a < b ? -1 : 1));

describe.skipIf(python === undefined)(
  `safetensors and the reference in Python${python === undefined ? ' (D3PM_PYTHON and python3 cannot import safetensors and numpy)' : ''}`,
  () => {
    it('writes what Python reads, all dtypes', () => {
      const tensors = tensorsOf(dtypes);
      const { stdout, stderr } = run(python!, READ, hex(encodeSafetensors(tensors, { metadata: { by: 'us' } })));
      expect(stderr).toBe('');
      const lines = (JSON.parse(stdout) as Line[]).toSorted(([a], [b]) => (a < b ? -1 : 1));
      expect(lines).toEqual(linesOf(Object.entries(tensors)));
    });

    it('reads what Python writes, and writes the same bytes', () => {
      const tensors = tensorsOf(dtypes.filter((dtype) => dtype !== 'BF16')); // which NumPy has not
      const { stdout, stderr } = run(python!, WRITE, JSON.stringify(linesOf(Object.entries(tensors))));
      expect(stderr).toBe('');
      const file = Buffer.from(stdout.trim(), 'hex');
      const { tensors: read, metadata } = decodeSafetensors(file, { fileName: 'peer.safetensors', allowNonFinite: true });
      expect(linesOf(read)).toEqual(linesOf(Object.entries(tensors)));
      expect(metadata).toEqual(new Map([['made by', 'péer']]));
      expect(hex(encodeSafetensors(tensors, { metadata: { 'made by': 'péer' } }))).toBe(stdout.trim());
    });
  },
);
