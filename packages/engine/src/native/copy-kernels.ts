import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Folder of tfjs-node's JavaScript in an installation. */
export const kernelsFolder = (folder: string): string => join(folder, 'tfjs-node');

/** What tfjs-node's kernels import; the engine puts the tfjs-core of the process in their place when it loads them. */
export const INJECTED = ['@tensorflow/tfjs', '@tensorflow/tfjs-core'] as const;

const INJECTED_SOURCE =
  "throw new Error('this module stands for the tfjs-core of the process: load it by prepareEngine of @d3pm/engine');\n";
const PROTO_SOURCE = '// Messages for TensorBoard: they need google-protobuf, and no kernel uses them.\nmodule.exports = {};\n';

/** Copies the kernels of tfjs-node, without its tests and without what they depend on, so that the installation stands alone. */
export async function copyKernels(sources: string, folder: string): Promise<void> {
  const target = kernelsFolder(folder);
  await cp(join(sources, 'dist'), join(target, 'dist'), {
    recursive: true,
    filter: (path) => !/(_test\.js|\.map|\.d\.ts)$/.test(path),
  });
  await writeFile(join(target, 'package.json'), '{ "type": "commonjs" }\n');
  await mkdir(join(target, 'dist', 'proto'), { recursive: true });
  await writeFile(join(target, 'dist', 'proto', 'api_pb.js'), PROTO_SOURCE);
  for (const name of INJECTED) {
    const module = join(target, 'node_modules', name);
    await mkdir(module, { recursive: true });
    await writeFile(join(module, 'index.js'), INJECTED_SOURCE);
  }
}
