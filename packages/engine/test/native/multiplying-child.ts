import { matMul, ones } from '@tensorflow/tfjs-core';
import { spawnSync } from 'node:child_process';
import { prepareEngine } from '../../src/index.ts';

// Multiplies for three seconds, and prints how many signals came and which ones a program that it starts would not get.
await prepareEngine({ backend: 'native', threads: 1 });
let signals = 0;
process.on('SIGUSR2', () => {
  signals += 1;
});
const a = ones([512, 512]);
const b = ones([512, 128]);
const { stdout } = spawnSync('grep', ['SigBlk', '/proc/self/status'], { encoding: 'utf8' });
const blocked = BigInt(`0x${stdout.split(':')[1]!.trim()}`);
process.stdout.write('begun\n');
let wrong = 0;
for (const end = performance.now() + 3000; performance.now() < end;) {
  for (let i = 0; i < 20; i++) {
    const product = matMul(a, b);
    if (product.dataSync().some((value) => value !== 512)) wrong += 1;
    product.dispose();
  }
  await new Promise((resolve) => void setImmediate(resolve));
}
process.stdout.write(`${JSON.stringify({ signals, wrong, blocked: Number(blocked) })}\n`);
// The one that sends them has to see that this is the end.
await new Promise((resolve) => void setTimeout(resolve, 500));
