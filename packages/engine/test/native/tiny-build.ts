import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BindingSources } from '../../src/native/binding-sources.ts';
import type { NativeBuild } from '../../src/native/native-build.ts';
import { zipOf } from './zip-of.ts';

const WHEEL = 'tiny_tensorflow-1.0-py3-none-any.whl';

/** A build that is small but real: two shared libraries in a wheel that pip accepts, and a binding that is compiled against them. */
export interface TinyBuild {
  readonly build: NativeBuild;
  readonly sources: BindingSources;
  /** Folder in which pip finds the wheel. */
  readonly index: string;
  readonly wheel: string;
  /** The two shared libraries. */
  readonly library: Buffer;
  readonly framework: Buffer;
}

export function tinyBuild(folder: string): TinyBuild {
  const index = join(folder, 'index');
  const binding = join(folder, 'sources', 'binding');
  for (const made of [index, binding, join(folder, 'sources', 'dist')]) mkdirSync(made, { recursive: true });
  const wheel = join(index, WHEEL);
  const cc = library(folder, 'libtensorflow_cc.so.2', 'int answer() { return 42; }');
  const framework = library(folder, 'libtensorflow_framework.so.2', 'int nothing() { return 0; }');
  const bytes = zipOf({
    'tensorflow/libtensorflow_cc.so.2': cc,
    'tensorflow/libtensorflow_framework.so.2': framework,
    'tensorflow/include/tensorflow/c/c_api.h': 'not needed\n',
    'tensorflow/THIRD_PARTY_NOTICES.txt': 'notices\n',
    'tiny_tensorflow-1.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: tiny-tensorflow\nVersion: 1.0\n',
    'tiny_tensorflow-1.0.dist-info/WHEEL': 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    'tiny_tensorflow-1.0.dist-info/RECORD': '',
  });
  writeFileSync(wheel, bytes);
  writeFileSync(
    join(binding, 'tfjs_backend.cc'),
    '#include "tensorflow/c/c_api.h"\nextern "C" int answer();\nint fromLibrary() { return answer(); }\n',
  );
  writeFileSync(join(binding, 'tfjs_binding.cc'), BINDING);
  writeFileSync(join(folder, 'sources', 'dist', 'nodejs_kernel_backend.js'), 'exports.tiny = true;\n');
  writeFileSync(join(folder, 'sources', 'dist', 'nodejs_kernel_backend_test.js'), 'throw new Error("a test");\n');
  return {
    build: { variant: 'cpu', version: '1.0', wheels: [{ requirement: 'tiny-tensorflow==1.0', sha256: sha256Of(bytes) }], diskBytes: 1e6 },
    sources: { folder: join(folder, 'sources'), version: '0.1' },
    index,
    wheel,
    library: cc,
    framework,
  };
}

export const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

function library(folder: string, name: string, source: string): Buffer {
  const path = join(folder, name);
  execFileSync(process.env['CXX'] ?? 'g++', ['-shared', '-fPIC', '-xc++', '-', '-o', path, `-Wl,-soname,${name}`], {
    input: `extern "C" ${source}\n`,
  });
  return readFileSync(path);
}

const BINDING = `#include <node_api.h>
int fromLibrary();
static napi_value Init(napi_env env, napi_value exports) {
  napi_value answer;
  napi_create_int32(env, fromLibrary(), &answer);
  napi_set_named_property(env, exports, "answer", answer);
  napi_value version;
  napi_create_string_utf8(env, "1.0", NAPI_AUTO_LENGTH, &version);
  napi_set_named_property(env, exports, "TF_Version", version);
  return exports;
}
NAPI_MODULE(tfjs_binding, Init)
`;
