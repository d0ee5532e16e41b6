import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isD3pmError } from '@d3pm/core';
import { decodeSafetensors, encodeSafetensors, type HostTensor, type SafetensorsData } from '@d3pm/train';
import { writeWholeFile } from '../../write-whole-file.ts';

type Facts = Readonly<Record<string, string>>;
type KeptDtype = 'F32' | 'U8';

export interface KeptTensorKey<D extends KeptDtype> {
  readonly dtype: D;
  readonly shape: readonly number[];
  /** What decides the numbers. */
  readonly of: Facts;
}

/** A tensor that was made once, and what else was noted of it. */
export interface KeptTensor<D extends KeptDtype> {
  readonly data: SafetensorsData[D];
  readonly notes: Facts;
}

const NAME = 'tensor';

/** Writes a safetensors file, whole or not at all, whose metadata have the facts and the SHA-256 of all of it. */
export async function writeKeptTensor<D extends KeptDtype>(
  path: string,
  { dtype, shape, of }: KeptTensorKey<D>,
  { data, notes }: KeptTensor<D>,
): Promise<void> {
  const tensor = { dtype, shape, data } as HostTensor<KeptDtype>;
  const facts = { ...of, ...notes };
  await mkdir(dirname(path), { recursive: true });
  await writeWholeFile(path, encodeSafetensors({ [NAME]: tensor }, { metadata: { ...facts, sha256: digest(tensor, facts) } }));
}

/** Undefined for a file that is missing, damaged, or of something else: what it was to have is made again. */
export async function readKeptTensor<D extends KeptDtype>(
  path: string,
  { dtype, shape, of }: KeptTensorKey<D>,
): Promise<KeptTensor<D> | undefined> {
  const found = await readTensor(path);
  if (!found) return undefined;
  const { tensor, facts, sha256 } = found;
  const isOfKey =
    tensor.dtype === dtype &&
    JSON.stringify(tensor.shape) === JSON.stringify(shape) &&
    Object.entries(of).every(([key, value]) => facts[key] === value);
  if (!isOfKey || sha256 !== digest(tensor, facts)) return undefined;
  const notes = Object.fromEntries(Object.entries(facts).filter(([key]) => !(key in of)));
  return { data: tensor.data as SafetensorsData[D], notes };
}

interface Found {
  readonly tensor: HostTensor;
  readonly facts: Facts;
  readonly sha256: string | undefined;
}

async function readTensor(path: string): Promise<Found | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!bytes) return undefined;
  try {
    const { tensors, metadata } = decodeSafetensors(bytes, { fileName: path });
    const tensor = tensors.get(NAME);
    const { sha256, ...facts } = Object.fromEntries(metadata);
    return tensor && { tensor, facts, sha256 };
  } catch (error) {
    if (isD3pmError(error)) return undefined;
    throw error;
  }
}

function digest({ dtype, shape, data }: HostTensor, facts: Facts): string {
  const inOrder = Object.entries(facts).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([dtype, shape, inOrder]))
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex');
}
