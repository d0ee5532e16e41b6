interface NodeModule {
  createRequire(from: string): { resolve(specifier: string): string };
}
interface NodeProcess {
  getBuiltinModule?(name: 'node:module'): NodeModule;
}

/** In Node the folder of the .wasm files of the installed `@tensorflow/tfjs-backend-wasm`; elsewhere undefined. */
export function installedWasmFolder(): string | undefined {
  const { process } = globalThis as { readonly process?: NodeProcess };
  const nodeModule = process?.getBuiltinModule?.('node:module');
  if (nodeModule === undefined) return undefined;
  try {
    const main = nodeModule.createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
    return main.replaceAll('\\', '/').replace(/[^/]+$/, '');
  } catch {
    return undefined;
  }
}
