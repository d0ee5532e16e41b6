import { prepareEngine } from '@d3pm/engine';
import { describe, expect, it } from 'vitest';
import golden from '../golden/t5.json' with { type: 'json' };
import { expectGoldenNetwork } from './golden-networks.ts';

describe('PyTorch and the native engine agree', () => {
  it('on that engine', async () => expect((await prepareEngine()).name).toBe('native'));

  it.each(golden.networks)('in logits and all gradients of a network $title', (expected) => expectGoldenNetwork(expected));
});
