/** The stable binary interface of Node that tfjs-node asks for: one binding serves every Node that the engine does. */
const NODE_API = 8;

/** Vectorised, and without the error numbers and traps of the C library that nobody reads; all else of IEEE 754 stays. */
const OPTIMIZATION = ['-O3', '-fno-math-errno', '-fno-trapping-math', '-Wno-psabi'];

/** What the C++ compiler is told about the binding, but for the folders of this machine. */
export const compilerFlags: readonly string[] = [
  '-shared',
  '-pthread',
  '-fPIC',
  ...OPTIMIZATION,
  '-std=c++17',
  `-DNAPI_VERSION=${NODE_API}`,
  '-DBUILDING_NODE_EXTENSION',
  '-DNODE_GYP_MODULE_NAME=tfjs_binding',
];
