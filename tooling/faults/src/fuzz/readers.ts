/** A reader of files, and the test that gives it mutated ones as often as D3PM_FUZZ_RUNS says. */
export interface Reader {
  readonly name: string;
  readonly file: string;
  /** A pattern of the titles of its tests. */
  readonly title: string;
  /** It gets so many times fewer inputs, since one takes so long. @defaultValue 1 */
  readonly slow?: number;
}

const REFUSALS = 'lets nothing but refusals out';

export const readers: readonly Reader[] = [
  { name: 'safetensors', file: 'packages/train/test/safetensors/safetensors.test.ts', title: 'whatever the bytes are' },
  {
    name: 'manifest of a checkpoint',
    file: 'packages/train/test/checkpoint/damaged-checkpoint.test.ts',
    title: 'whatever is in the manifest',
  },
  { name: 'NumPy array', file: 'packages/data/test/formats/decode-npy.test.ts', title: REFUSALS },
  { name: 'IDX', file: 'packages/data/test/formats/decode-idx.test.ts', title: REFUSALS },
  { name: 'CIFAR binary', file: 'packages/data/test/formats/decode-cifar10.test.ts', title: REFUSALS },
  { name: 'PNG', file: 'packages/data/test/images/decode-png.test.ts', title: REFUSALS },
  { name: 'JPEG', file: 'packages/data/test/images/decode-jpeg.test.ts', title: REFUSALS },
  { name: 'SentencePiece model', file: 'packages/data/test/formats/decode-sentence-piece-model.test.ts', title: REFUSALS },
  { name: 'tar', file: 'packages/data/test/archives/archives-fuzz.test.ts', title: 'tarMembers' },
  { name: 'zip and npz', file: 'packages/data/test/archives/archives-fuzz.test.ts', title: 'zipMembers' },
  { name: 'gzip', file: 'packages/data/test/archives/archives-fuzz.test.ts', title: 'gunzip' },
  { name: 'config of d3pm train', file: 'apps/reproduce/test/train-config.test.ts', title: 'whatever is in the text' },
];
