/** A residual block, and the attention after it where there is one. */
export interface UNetBlock {
  /** Begins the names of its parameters. */
  readonly name: string;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Begins the names of the parameters of the attention. */
  readonly attention?: string;
}

/** One resolution, on the way down or up. */
export interface UNetLevel {
  readonly blocks: readonly UNetBlock[];
  /** The convolution that halves or doubles the image behind the blocks; absent at the last level of either way. */
  readonly resample?: { readonly name: string; readonly numChannels: number };
}

export interface UNetLayout {
  /** From the full image to the smallest. */
  readonly down: readonly UNetLevel[];
  readonly middle: readonly UNetBlock[];
  /** From the smallest image to the full one. Each block reads one of those below as well, the last one first. */
  readonly up: readonly UNetLevel[];
}

export interface UNetLayoutOptions {
  readonly numChannels: number;
  readonly channelMultipliers: readonly number[];
  readonly numResidualBlocks: number;
  readonly attentionResolutions: readonly number[];
  /** Of the full image. */
  readonly height: number;
}

/** Height of the image at each level. */
export function levelHeights(height: number, numLevels: number): readonly number[] {
  return Array.from({ length: numLevels }, (_, level) => height / 2 ** level);
}

/** Names and channels of the blocks of a U-Net in the order in which they run. */
export function uNetLayout(options: UNetLayoutOptions): UNetLayout {
  const { numChannels, channelMultipliers, numResidualBlocks, attentionResolutions, height } = options;
  const heights = levelHeights(height, channelMultipliers.length);
  const attends = heights.map((size) => attentionResolutions.includes(size));
  const skips = [numChannels];
  let channels = numChannels;

  const block = (way: 'down' | 'up', level: number, i: number): UNetBlock => {
    const inChannels = way === 'up' ? channels + skips.pop()! : channels;
    channels = numChannels * channelMultipliers[level]!;
    if (way === 'down') skips.push(channels);
    return {
      name: `${way}.${level}.block.${i}`,
      inChannels,
      outChannels: channels,
      ...(attends[level] && { attention: `${way}.${level}.attention.${i}` }),
    };
  };

  const down = channelMultipliers.map((_, level) => {
    const blocks = Array.from({ length: numResidualBlocks }, (_unused, i) => block('down', level, i));
    if (level === channelMultipliers.length - 1) return { blocks };
    skips.push(channels);
    return { blocks, resample: { name: `down.${level}.resample`, numChannels: channels } };
  });
  const middle = [
    { name: 'middle.block.0', inChannels: channels, outChannels: channels, attention: 'middle.attention' },
    { name: 'middle.block.1', inChannels: channels, outChannels: channels },
  ];
  const up = channelMultipliers
    .map((_, i) => channelMultipliers.length - 1 - i)
    .map((level) => {
      const blocks = Array.from({ length: numResidualBlocks + 1 }, (_unused, i) => block('up', level, i));
      return level === 0 ? { blocks } : { blocks, resample: { name: `up.${level}.resample`, numChannels: channels } };
    });
  return { down, middle, up };
}
