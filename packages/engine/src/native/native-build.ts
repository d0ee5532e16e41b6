/** Which TensorFlow: for the processor, or with kernels for NVIDIA cards (CUDA 12, compute capability 6.0 to 9.0) beside them. */
export type NativeVariant = 'cpu' | 'gpu';

/** A zip with shared libraries in it: a Python wheel or a Java archive. Neither Python nor Java code of it runs. */
export interface NativeArchive {
  /** As its package manager names it, pinned. */
  readonly requirement: string;
  readonly sha256: string;
}

/** What one variant is made of. */
export interface NativeBuild {
  readonly variant: NativeVariant;
  /** Of TensorFlow. */
  readonly version: string;
  /** From the Python package index: the library first, then what it loads. */
  readonly wheels: readonly NativeArchive[];
  /** From a Maven repository: the same library, for a machine that the index does not serve. */
  readonly jar?: NativeArchive;
  /** The npm package whose own install script fetches an older library and a compiled binding: the last resort. */
  readonly installer?: PackageInstaller;
  /** Whether the operations of this package are compiled into the binding: they are for the processor alone. */
  readonly operations?: boolean;
  /** Free space that a provisioning needs at its fullest: the archives and what is taken out of them. */
  readonly diskBytes: number;
}

/** An npm package with an install script. */
export interface PackageInstaller {
  readonly name: string;
  /** What `npm install` is given. */
  readonly requirement: string;
}

/** From 2.17 on TensorFlow refuses `round` of int32, which tfjs-node 4.22 calls. */
const VERSION = '2.16.2';

const pin = (requirement: string, sha256: string): NativeArchive => Object.freeze({ requirement, sha256 });

/** The builds for Linux on x86-64, by variant. */
export const nativeBuilds: Readonly<Record<NativeVariant, NativeBuild>> = Object.freeze({
  cpu: Object.freeze({
    variant: 'cpu',
    version: VERSION,
    wheels: Object.freeze([pin(`tensorflow-cpu==${VERSION}`, '58f4f8e3a3304110b9d3d24d3b1f73e690f9b5bf88738b88d2f1e63ba337fb8c')]),
    jar: pin(
      'org.tensorflow:tensorflow-core-native:1.0.0:jar:linux-x86_64',
      'ba217198f8fb4f289d883d51c6d438a416d525f425696ff8c32222fd0b54c1da',
    ),
    installer: Object.freeze({ name: '@tensorflow/tfjs-node', requirement: '@tensorflow/tfjs-node@4.22.0' }),
    operations: true,
    diskBytes: 900e6,
  }),
  // No installer: its library is of CUDA 11.2, which must be on the system and knows no card after the A100.
  gpu: Object.freeze({
    variant: 'gpu',
    version: VERSION,
    wheels: Object.freeze([
      pin(`tensorflow==${VERSION}`, '4ed24662a3625b2eaa89a02ea177aadad840d6eb91445091fe1f7ad5fa528db3'),
      pin('nvidia-cublas-cu12==12.3.4.1', '9b25b27bd5a5be1cc7e83a7b8004258daa338800798e22986e5b67ee06f0859d'),
      pin('nvidia-cuda-runtime-cu12==12.3.101', '04604679ddca6acb96c76a7a9306282cddc16981f92e148e2dfe227078883cda'),
      pin('nvidia-cudnn-cu12==8.9.7.29', 'adf4f59ed7a1341103822ed8df6e144f4d47ea8b10d9bf0ea0047ba738fd7b02'),
      pin('nvidia-cufft-cu12==11.0.12.1', '3b2c85d24d7dcc578720fdf39e2823950b5857e85164c3c1dc97184a8a8e0398'),
      pin('nvidia-cusolver-cu12==11.5.4.101', '783a3279553feaf8e47af12cab1fa769ffd5e644ea876db3dc2252f35f9bf256'),
      pin('nvidia-cusparse-cu12==12.2.0.103', 'fe9e17daf406c98c28fbc8bcf785ecd4db301bf02ce626de6aa1046de66f84bd'),
      pin('nvidia-nvjitlink-cu12==12.3.101', '64335a8088e2b9d196ae8665430bc6a2b7e6ef2eb877a9c735c804bd4ff6467c'),
      pin('nvidia-cuda-nvrtc-cu12==12.3.107', '4db66788a37a234304a0b3203744f9a6c665f48bde65f69a096ae3b5799b5b1d'),
      pin('nvidia-cuda-nvcc-cu12==12.3.107', 'a3344b94f5e89023fa17e0bbf8fb0dd26d5ef6f4091a5aab08f215e4999eac62'),
    ]),
    diskBytes: 7e9,
  }),
});
