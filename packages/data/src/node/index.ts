export { readText8, type ReadText8Options } from './read-text8.ts';
export { text8Plugin } from './text8-plugin.ts';
