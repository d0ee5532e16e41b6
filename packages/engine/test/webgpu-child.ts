import { exp, tensor } from '@tensorflow/tfjs-core';
import { prepareEngine } from '../src/index.ts';

const { name } = await prepareEngine({ backend: 'webgpu' });
console.log(name, exp(tensor([0])).dataSync()[0]);
