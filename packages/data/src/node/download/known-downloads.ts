/** A file as it is published. */
export interface KnownFile {
  /** Mirrors of the same bytes. */
  readonly urls: readonly string[];
  readonly fileName: string;
  /** Bytes. */
  readonly size?: number;
  /** In hexadecimal. Where it is not known, the first download tells it. */
  readonly sha256?: string;
}

/** A data set that its authors publish as one archive. */
export interface KnownDownload extends KnownFile {
  readonly name: string;
  /** Where its authors describe it, and say what it may be used for. */
  readonly homepage: string;
  readonly format: 'zip' | 'tar.gz';
  /** Names of what is read from it: members, or what their names begin with where there are too many. */
  readonly members: readonly string[];
  /** Bytes of each member, where all have the same. */
  readonly memberBytes?: number;
}

/** A data set that its authors publish as several files; they are kept in a folder of its name. */
export interface KnownFileSet {
  readonly name: string;
  readonly homepage: string;
  readonly files: readonly KnownFile[];
}

const LM1B = '1-billion-word-language-modeling-benchmark-r13output';
const CIFAR_BATCHES = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch'];

export type KnownDownloadName = 'text8' | 'cifar10' | 'lm1b';
export type KnownFileSetName = 'mnist' | 'fashion-mnist';

/** The four files of MNIST and of what has taken its form, from these folders; sizes and SHA-256 are those that TensorFlow Datasets keeps. */
const idxFiles = (folders: readonly string[], facts: Readonly<Record<string, readonly [size: number, sha256: string]>>): KnownFile[] =>
  Object.entries(facts).map(([name, [size, sha256]]) => {
    const fileName = `${name}-ubyte.gz`;
    return { urls: folders.map((folder) => folder + fileName), fileName, size, sha256 };
  });

/** The data sets of the paper and those that stand in for them, by name. LM1B is large and is read as a stream: `gunzipChunks`, then `tarEntries`. */
export const knownDownloads: Readonly<Record<KnownDownloadName, KnownDownload> & Record<KnownFileSetName, KnownFileSet>> =
  /* @__PURE__ */ Object.freeze({
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
    mnist: {
      name: 'mnist',
      homepage: 'http://yann.lecun.com/exdb/mnist/',
      files: idxFiles(['https://storage.googleapis.com/cvdf-datasets/mnist/', 'https://ossci-datasets.s3.amazonaws.com/mnist/'], {
        'train-images-idx3': [9_912_422, '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609'],
        'train-labels-idx1': [28_881, '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c'],
        't10k-images-idx3': [1_648_877, '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6'],
        't10k-labels-idx1': [4542, 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6'],
      }),
    },
    'fashion-mnist': {
      name: 'fashion-mnist',
      homepage: 'https://github.com/zalandoresearch/fashion-mnist',
      files: idxFiles(
        [
          'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
          'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
        ],
        {
          'train-images-idx3': [26_421_880, '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84'],
          'train-labels-idx1': [29_515, 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845'],
          't10k-images-idx3': [4_422_102, '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073'],
          't10k-labels-idx1': [5148, '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5'],
        },
      ),
    },
  });
