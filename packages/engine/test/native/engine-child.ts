import { prepareEngine } from '../../src/index.ts';

// Prepares the engine that this process gets, and prints which it is.
process.stdout.write(JSON.stringify(await prepareEngine()));
