import type { NativeInstallation } from '@d3pm/engine/native';

export interface SetupFacts {
  readonly installation: Pick<NativeInstallation, 'folder' | 'operations' | 'variant' | 'version'>;
  readonly seconds: number;
  readonly cacheBytes: number;
  readonly otherInstallations: readonly string[];
  /** A folder of its own that was asked for. */
  readonly cache: string | undefined;
}

/** What `d3pm setup` says when the native engine is prepared. */
export function setupText({ installation, seconds, cacheBytes, otherInstallations, cache }: SetupFacts): string {
  const { folder, version, variant, operations } = installation;
  const kind = variant === 'gpu' ? 'NVIDIA cards' : 'the processor';
  const without = variant === 'gpu' || operations ? '' : ', without the operations of @d3pm/engine, for which there is no compiler here';
  const where = cache === undefined ? '' : `, where D3PM_CACHE=${cache} is set`;
  return (
    `The native engine is prepared: TensorFlow ${version} for ${kind}${without} (${seconds.toFixed(1)} s).\n` +
    `${folder}\n${Math.round(cacheBytes / 1e6)} MB are kept; every project of this user has it from now on${where}.\n${othersText(otherInstallations)}`
  );
}

function othersText(folders: readonly string[]): string {
  if (folders.length === 0) return '';
  return `Of other versions of @d3pm/engine, to be deleted where no project has those:\n${folders.map((folder) => `  ${folder}\n`).join('')}`;
}
