/** A data set as its authors publish it. */
export interface KnownDownload {
  readonly name: string;
  /** Where its authors describe it, and say what it may be used for. */
  readonly homepage: string;
  readonly urls: readonly string[];
  readonly fileName: string;
  readonly format: 'zip' | 'tar.gz';
  /** Bytes of the archive. */
  readonly size?: number;
  /** Of the archive, in hexadecimal. Where it is not known, the first download tells it. */
  readonly sha256?: string;
  /** Names of what is read from it: members, or what their names begin with where there are too many. */
  readonly members: readonly string[];
  /** Bytes of each member, where all have the same. */
  readonly memberBytes?: number;
}

const LM1B = '1-billion-word-language-modeling-benchmark-r13output';
const CIFAR_BATCHES = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch'];

export type KnownDownloadName = 'text8' | 'cifar10' | 'lm1b';

/** The data sets of the paper, by name. LM1B is large and is read as a stream: `gunzipChunks`, then `tarEntries`. */
export const knownDownloads: Readonly<Record<KnownDownloadName, KnownDownload>> = /* @__PURE__ */ Object.freeze({
  text8: {
    name: 'text8',
    homepage: 'http://mattmahoney.net/dc/textdata.html',
    urls: ['http://mattmahoney.net/dc/text8.zip', 'https://mattmahoney.net/dc/text8.zip'],
    fileName: 'text8.zip',
    format: 'zip',
    size: 31_344_016,
    sha256: 'a6640522afe85d1963ad56c05b0ede0a0c000dddc9671758a6cc09b7a38e5232',
    members: ['text8'],
    memberBytes: 100_000_000,
  },
  cifar10: {
    name: 'cifar10',
    homepage: 'https://www.cs.toronto.edu/~kriz/cifar.html',
    urls: ['https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz'],
    fileName: 'cifar-10-binary.tar.gz',
    format: 'tar.gz',
    size: 170_052_171,
    sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
    members: CIFAR_BATCHES.map((batch) => `cifar-10-batches-bin/${batch}.bin`),
    memberBytes: 30_730_000,
  },
  lm1b: {
    name: 'lm1b',
    homepage: 'http://www.statmt.org/lm-benchmark/',
    urls: [`http://www.statmt.org/lm-benchmark/${LM1B}.tar.gz`],
    fileName: `${LM1B}.tar.gz`,
    format: 'tar.gz',
    size: 1_792_209_805,
    sha256: '01ba60381110baf7f189dfd2b8374de371e8c9a340835793f190bdae9e90a34e',
    members: [
      `${LM1B}/training-monolingual.tokenized.shuffled/news.en-`,
      `${LM1B}/heldout-monolingual.tokenized.shuffled/news.en.heldout-`,
    ],
  },
});
