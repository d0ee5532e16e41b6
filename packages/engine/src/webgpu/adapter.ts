/** Of `GPUAdapterInfo`, what is told of an adapter. */
export interface GpuAdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
}

export interface GpuDevice {
  addEventListener(type: 'uncapturederror', listener: (event: { readonly error: { readonly message: string } }) => void): void;
}

export interface GpuAdapter {
  readonly info: GpuAdapterInfo;
  /** Where browsers had it first. */
  readonly isFallbackAdapter?: boolean;
  readonly limits: Readonly<Record<string, number>>;
  readonly features: { has(name: string): boolean };
  requestDevice(descriptor: object): Promise<GpuDevice>;
}

export interface Gpu {
  requestAdapter(options?: object): Promise<GpuAdapter | null>;
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render|warp|software/i;

const words = ({ vendor, architecture, device, description }: GpuAdapterInfo): readonly string[] =>
  [description, vendor, architecture, device].filter(Boolean);

/** Whether the processor computes in place of a card. Some drivers do not say so, but have a name that does. */
export const isSoftware = (info: GpuAdapterInfo): boolean => info.isFallbackAdapter === true || SOFTWARE.test(words(info).join(' '));

/** The most telling word for it; a browser may tell no more than the vendor. */
export const adapterName = (info: GpuAdapterInfo): string => words(info)[0] ?? 'unnamed';

/** `a software adapter (SwiftShader driver 5.0.0)`, or `a card (…)`. */
export const describeAdapter = (info: GpuAdapterInfo): string =>
  `${isSoftware(info) ? 'a software adapter' : 'a card'} (${adapterName(info)})`;
