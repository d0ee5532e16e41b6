import { posix } from 'node:path';

const LIBRARIES = ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'];
const INCLUDE = 'tensorflow/include/';
const HEADERS = /^(tensorflow|tsl|xla\/tsl)\/c\/|\/platform\/ctstring(_internal)?\.h$/;
const NVIDIA = /^nvidia\/[a-z_]+\/(lib|bin|nvvm)\//;
const NVIDIA_LICENCE = /^(nvidia_[^/]+)\.dist-info\/License\.txt$/;

/**
 * Where a file of a wheel goes in an installation; undefined when it is not needed. The libraries of NVIDIA keep their place beside
 * `lib`, where TensorFlow's RUNPATH (`$ORIGIN/../nvidia/…/lib`) finds them. The headers, in `include`, are needed for the compilation only.
 */
export function placeWheelFile(name: string): string | undefined {
  if (LIBRARIES.includes(name)) return `lib/${posix.basename(name)}`;
  if (name === 'tensorflow/THIRD_PARTY_NOTICES.txt') return 'licences/tensorflow.txt';
  if (NVIDIA.test(name)) return name;
  const licence = NVIDIA_LICENCE.exec(name);
  if (licence !== null) return `licences/${licence[1]}.txt`;
  const header = name.startsWith(INCLUDE) ? name.slice(INCLUDE.length) : '';
  return HEADERS.test(header) ? `include/${header}` : undefined;
}
