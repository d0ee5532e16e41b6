import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readKeptTensor, writeKeptTensor, type KeptTensorKey } from './kept-tensor.ts';

/** Samples that follow each other. */
export interface SamplePart {
  /** uint8 `[n·height·width·channels]` */
  readonly values: Uint8Array;
  readonly networkCalls: number;
  readonly seconds: number;
}

/** Which samples a part has. */
export interface PlaceOfPart {
  readonly first: number;
  readonly count: number;
}

/** The parts of samples that are not all drawn yet, a file each: what is there is not drawn again. */
export interface SampleParts {
  /** Undefined where it is missing, damaged, or of another chain or network. */
  read(place: PlaceOfPart): Promise<SamplePart | undefined>;
  write(place: PlaceOfPart, part: SamplePart): Promise<void>;
  /** Takes all of them away. */
  remove(): Promise<void>;
}

/** @param of What decides the samples. */
export function sampleParts(
  folder: string,
  { of, exampleShape }: { readonly of: string; readonly exampleShape: readonly number[] },
): SampleParts {
  const pathOf = ({ first }: PlaceOfPart): string => join(folder, `${String(first).padStart(8, '0')}.safetensors`);
  const keyOf = ({ first, count }: PlaceOfPart): KeptTensorKey<'U8'> => ({
    dtype: 'U8',
    shape: [count, ...exampleShape],
    of: { of, first: String(first) },
  });
  return {
    read: async (place) => {
      const kept = await readKeptTensor(pathOf(place), keyOf(place));
      return kept && { values: kept.data, networkCalls: Number(kept.notes['networkCalls']), seconds: Number(kept.notes['seconds']) };
    },
    write: (place, { values, networkCalls, seconds }) =>
      writeKeptTensor(pathOf(place), keyOf(place), {
        data: values,
        notes: { networkCalls: String(networkCalls), seconds: String(seconds) },
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
