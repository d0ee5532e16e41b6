import { provisionBuild } from '../../src/native/provision-native.ts';

// Provisions what the argument says, and prints the steps, one a line.
const { build, cacheFolder, sources } = JSON.parse(process.argv[2]!) as Parameters<typeof provisionBuild>[1] & {
  readonly build: Parameters<typeof provisionBuild>[0];
};
await provisionBuild(build, { cacheFolder: cacheFolder!, sources: sources!, onProgress: ({ step }) => process.stdout.write(`${step}\n`) });
