import { posix } from 'node:path';

/** Folders of the library in the wheels and in the jar. */
const LIBRARY = /^(tensorflow|org\/tensorflow\/internal\/c_api\/linux-x86_64)\/libtensorflow_(cc|framework)\.so\.2$/;
const LICENCE = ['tensorflow/THIRD_PARTY_NOTICES.txt', 'org/tensorflow/internal/c_api/linux-x86_64/LICENSE'];
const NVIDIA = /^nvidia\/[a-z_]+\/(lib|bin|nvvm)\//;
const NVIDIA_LICENCE = /^(nvidia_[^/]+)\.dist-info\/License\.txt$/;

/**
 * Where a file of a wheel or a jar goes in an installation; undefined when it is not needed. The libraries of NVIDIA keep their place
 * beside `lib`, where TensorFlow's RUNPATH (`$ORIGIN/../nvidia/…/lib`) finds them.
 */
export function placeLibrary(name: string): string | undefined {
  if (LIBRARY.test(name)) return `lib/${posix.basename(name)}`;
  if (LICENCE.includes(name)) return 'licences/tensorflow.txt';
  if (NVIDIA.test(name)) return name;
  const licence = NVIDIA_LICENCE.exec(name);
  return licence === null ? undefined : `licences/${licence[1]}.txt`;
}
