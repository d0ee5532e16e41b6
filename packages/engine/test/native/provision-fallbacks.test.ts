import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { packedSources } from '../../src/native/binding-sources.ts';
import type { NativeBuild } from '../../src/native/native-build.ts';
import { nativeRoot } from '../../src/native/native-folder.ts';
import { provisionBuild } from '../../src/native/provision-native.ts';
import type { StepContext } from '../../src/native/provision-event.ts';
import { environmentWith } from './environment-with.ts';
import { sha256Of, tinyBuild, type TinyBuild } from './tiny-build.ts';
import { zipOf } from './zip-of.ts';

const isLinux = process.platform === 'linux' && process.arch === 'x64';

// pip, npm and the compiler are the real ones, with nothing but this machine to reach. Maven needs its plugins from a network even
// for a local file, so a script stands for it that does what `mvn dependency:copy` does with its options.
describe.skipIf(!isLinux)('provisionNative, where the first way is closed', () => {
  let folder: string;
  let tiny: TinyBuild;
  let cacheFolder: string;
  let told: string[];
  const bin = (): string => join(folder, 'bin');

  const provision = (build: NativeBuild): ReturnType<typeof provisionBuild> =>
    provisionBuild(build, {
      cacheFolder,
      sources: tiny.sources,
      onProgress: ({ step, detail }) => told.push(`${step}: ${detail}`),
    });
  const stub = (environment: Readonly<Record<string, string>>): void => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  };
  /** Nothing answers at port 1 of this machine. */
  const noNetwork = { PIP_INDEX_URL: 'http://127.0.0.1:1', PIP_RETRIES: '0', npm_config_registry: 'http://127.0.0.1:1' };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'd3pm-fallback-'));
    cacheFolder = join(folder, 'cache');
    tiny = tinyBuild(folder);
    told = [];
    stub({ PIP_NO_INDEX: '', PIP_FIND_LINKS: '', ...noNetwork, npm_config_fetch_retries: '0', npm_config_cache: join(folder, 'npm') });
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('by Maven', () => {
    const library = 'org/tensorflow/internal/c_api/linux-x86_64/';
    let build: NativeBuild;
    const standIn = (script: string): void => {
      writeFileSync(join(bin(), 'mvn'), `#!/bin/sh\n[ "$1" = --version ] && exit 0\n${script}\n`);
      chmodSync(join(bin(), 'mvn'), 0o755);
    };
    beforeEach(() => {
      const jar = zipOf({
        [`${library}libtensorflow_cc.so.2`]: tiny.library,
        [`${library}libtensorflow_framework.so.2`]: tiny.framework,
        [`${library}libjnitensorflow.so`]: 'for Java',
        [`${library}LICENSE`]: 'a licence\n',
      });
      writeFileSync(join(folder, 'tiny.jar'), jar);
      build = { ...tiny.build, jar: { requirement: 'org.tiny:tiny:1.0:jar:linux-x86_64', sha256: sha256Of(jar) } };
      stub(environmentWith(bin(), ['g++', 'as', 'ld', 'sh', 'mkdir', 'cp']));
    });

    it('takes the libraries out of the jar where there is no pip', async () => {
      standIn(`
        [ "$4" = -Dartifact=org.tiny:tiny:1.0:jar:linux-x86_64 ] || exit 1
        mkdir -p "\${5#-DoutputDirectory=}" && cp "${join(folder, 'tiny.jar')}" "\${5#-DoutputDirectory=}"`);
      const { folder: made, binding } = await provision(build);
      expect(createRequire(import.meta.url)(binding)).toMatchObject({ answer: 42 });
      expect(readdirSync(join(made, 'lib')).sort()).toEqual(['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']);
      expect(readFileSync(join(made, 'licences', 'tensorflow.txt'), 'utf8')).toBe('a licence\n');
      expect(JSON.parse(readFileSync(join(made, 'installation.json'), 'utf8'))).toMatchObject({
        madeFrom: ['org.tiny:tiny:1.0:jar:linux-x86_64'],
      });
      expect(told).toContainEqual(expect.stringMatching(/^failed: there is no pip/));
      expect(readdirSync(join(nativeRoot(cacheFolder), 'downloads'))).toEqual([]);
    });

    it('says what each of them lacks', async () => {
      standIn('echo "[INFO] hello"; echo "[ERROR] Failed to execute goal: Could not resolve"; echo "[ERROR] more"; exit 1');
      await expect(provision(build)).rejects.toMatchObject({
        code: 'ENGINE',
        message: expect.stringMatching(
          /^there is no pip .*; then: mvn dependency:copy of org\.tiny\S+ failed: Failed to execute goal: Could not resolve \(or put org\.tiny\S+ at \S+\.jar\)$/,
        ),
      });
    });
  });

  it.each([
    ['says so', 'echo "a.cc: In function f:" >&2; echo "a.cc:7:9: error: no such lanes" >&2', 'a.cc:7:9: error: no such lanes'],
    ['has no word for it', 'true', 'it does not say why'],
  ])('leaves the operations out, and tells it, where the compiler is too old for them and %s', async (_, says, said) => {
    const old = join(folder, 'old-compiler');
    writeFileSync(old, `#!/bin/sh\ncase "$*" in *denoiser-nll.cc*) ${says}; exit 1;; esac\nexec g++ "$@"\n`);
    chmodSync(old, 0o755);
    stub({ PIP_NO_INDEX: '1', PIP_FIND_LINKS: tiny.index, CXX: old });
    const { operations, binding } = await provision({ ...tiny.build, operations: true });
    expect(operations).toBe(false);
    expect(told.filter((each) => each.startsWith('failed'))).toEqual([
      `failed: ${old} does not compile the operations of @d3pm/engine, and without them training and sampling are slower: ${said}`,
    ]);
    expect(createRequire(import.meta.url)(binding)).toMatchObject({ answer: 42 });
  });

  it('tells each failure once', async () => {
    stub(environmentWith(bin(), ['g++']));
    await expect(provision({ ...tiny.build, jar: { requirement: 'a:b:1', sha256: 'a'.repeat(64) } })).rejects.toThrow('there is no pip');
    expect(told.filter((each) => each.startsWith('failed'))).toEqual([
      expect.stringContaining('there is no pip'),
      expect.stringContaining('there is no Maven'),
    ]);
  });

  it('says that pip has no network', async () => {
    await expect(provision(tiny.build)).rejects.toMatchObject({
      code: 'ENGINE',
      message: expect.stringMatching(/^pip download tiny-tensorflow==1\.0 failed: .*No matching distribution found/),
    });
  }, 120_000);

  describe('by the installer of the package', () => {
    const archive = (): string => join(folder, 'tiny-node-4.0.0.tgz');
    const build = (): NativeBuild => ({ ...tiny.build, installer: { name: 'tiny-node', requirement: archive() } });
    beforeEach(() => {
      const made = join(folder, 'tiny-node');
      cpSync(join(folder, 'sources', 'dist'), join(made, 'dist'), { recursive: true });
      const binding = join(made, 'made.node');
      const headers = createRequire(import.meta.url)
        .resolve('node-api-headers/package.json')
        .replace('package.json', 'include');
      const source = readFileSync(join(folder, 'sources', 'binding', 'tfjs_binding.cc'), 'utf8');
      execFileSync(process.env['CXX'] || 'g++', ['-shared', '-fPIC', '-xc++', '-', `-I${headers}`, '-o', binding], {
        input: `${source}\nint fromLibrary() { return 7; }`,
      });
      const install =
        "fs=require('fs');fs.mkdirSync('lib/napi-v8',{recursive:true});fs.copyFileSync('made.node','lib/napi-v8/tfjs_binding.node')";
      const manifest = { name: 'tiny-node', version: '4.0.0', scripts: { install: `node -e "${install}"` } };
      writeFileSync(join(made, 'package.json'), JSON.stringify(manifest));
      // A link to a folder would run the script there: packed, it is installed as one from a registry is.
      execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: made });
    });

    it('needs no compiler, and does nothing the second time but say that it is not the first choice', async () => {
      stub(environmentWith(bin(), ['npm', 'node', 'sh', 'pip']));
      const { binding, folder: made, version } = await provision(build());
      expect(createRequire(import.meta.url)(binding)).toMatchObject({ answer: 7 });
      expect([version, binding]).toEqual(['1.0', join(made, 'lib', 'napi-v8', 'tfjs_binding.node')]);
      expect(readdirSync(join(made, 'tfjs-node', 'dist'))).toContain('nodejs_kernel_backend.js');
      expect(readdirSync(nativeRoot(cacheFolder))).toEqual([made.split('/').at(-1)]);
      expect(told).toEqual([
        expect.stringMatching(/^failed: there is no C\+\+ compiler/),
        `install: ${archive()}, by its own installer`,
        'check: loading it',
      ]);
      told = [];
      expect(await provision(build())).toMatchObject({ folder: made });
      expect(told).toEqual([expect.stringMatching(/^failed: there is no C\+\+ compiler/)]);
    }, 120_000);

    it('says that npm may run no script', async () => {
      stub({ ...environmentWith(bin(), ['npm', 'node', 'sh']), npm_config_ignore_scripts: 'true' });
      await expect(provision(build())).rejects.toMatchObject({
        message: expect.stringMatching(/its install script has not run \(npm config: ignore-scripts\)$/),
      });
    }, 120_000);

    it('says that npm has no network', async () => {
      stub(environmentWith(bin(), ['npm', 'node', 'sh']));
      const installer = { name: 'tiny-node', requirement: 'tiny-node@4.0.0' };
      await expect(provision({ ...tiny.build, installer })).rejects.toMatchObject({
        message: expect.stringMatching(/; then: npm install tiny-node@4\.0\.0 failed: .*ECONNREFUSED/s),
      });
    }, 120_000);
  });

  describe('the sources of the binding by npm pack', () => {
    const context = (): StepContext => ({ report: ({ step }) => told.push(step), signal: new AbortController().signal });
    const scratch = (): string => join(folder, 'scratch');
    beforeEach(() => {
      const made = join(folder, 'packed');
      cpSync(join(folder, 'sources'), made, { recursive: true });
      writeFileSync(join(made, 'package.json'), JSON.stringify({ name: '@tiny/node', version: '4.1.0' }));
    });

    it('are unpacked', async () => {
      const { folder: made, version } = await packedSources(join(folder, 'packed'), scratch(), context());
      expect([version, readdirSync(join(made, 'binding')).sort()]).toEqual(['4.1.0', ['tfjs_backend.cc', 'tfjs_binding.cc']]);
      expect(told).toEqual(['sources']);
    }, 120_000);

    it('are refused with the way out where there is no npm', async () => {
      mkdirSync(bin());
      stub({ PATH: bin() });
      await expect(packedSources('@tiny/node@4.1.0', scratch(), context())).rejects.toMatchObject({
        code: 'ENGINE',
        message:
          'npm pack @tiny/node@4.1.0 failed: spawn npm ENOENT (or install it without its script: npm install --ignore-scripts @tiny/node@4.1.0)',
      });
    });
  });
});
