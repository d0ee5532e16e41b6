import { D3pmError, isD3pmError, quoted } from '@d3pm/core';
import { jsonProblem, type JsonObject } from './json-value.ts';
import { sha256 } from './sha256.ts';

export const MANIFEST = 'MANIFEST.json';
const VERSION = 1;

export interface SealedFile {
  readonly name: string;
  /** Length. */
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** What a sealed folder holds. */
export interface Manifest {
  readonly formatVersion: number;
  /** Fields of the writer's own. */
  readonly about: JsonObject;
  /** Every other file of the folder, by name. */
  readonly files: readonly SealedFile[];
}

/** Why a text cannot name a file of a sealed folder; undefined when it can. Nothing that leaves the folder can, on any system. */
export function fileNameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string') return `a file name is a ${typeof name}`;
  if (name === MANIFEST) return `${MANIFEST} is the name of the manifest itself`;
  return /^[A-Za-z0-9]([\w.-]{0,126}\w)?$/.test(name)
    ? undefined
    : `the file name ${quoted(name)} is not of letters, digits, "_", "-" and "."`;
}

const SEAL = '\n  "sha256": "';
const END = '"\n}\n';
const TAIL = 64 + END.length;

/**
 * The bytes of MANIFEST.json: JSON, whose last field is the SHA-256 of all bytes before its own value. So no bit of it can change
 * unseen. Later versions keep this much, so that a newer folder is told from a damaged one.
 */
export function encodeManifest({ about, files }: Omit<Manifest, 'formatVersion'>): Uint8Array {
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 }));
  const text = JSON.stringify({ formatVersion: VERSION, about, files: sorted, sha256: '' }, undefined, 2);
  const sealed = text.slice(0, text.lastIndexOf(SEAL) + SEAL.length);
  return new TextEncoder().encode(`${sealed}${sha256(new TextEncoder().encode(sealed))}${END}`);
}

/**
 * @param path What messages call the file.
 * @throws {D3pmError} `INVALID_DATA` for any byte that the writer has not written; `SPEC_VERSION` for a newer format.
 */
export function decodeManifest(caller: string, path: string, bytes: Uint8Array): Manifest {
  const damaged = (problem: string, cause?: unknown): D3pmError =>
    new D3pmError('INVALID_DATA', `${caller}: ${path} is damaged: ${problem}`, { cause });
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const tail = text.slice(-TAIL);
  const body = bytes.subarray(0, Math.max(0, bytes.length - TAIL));
  if (!text.slice(0, -TAIL).endsWith(SEAL) || !tail.endsWith(END)) throw damaged('it does not end in the seal of a manifest');
  if (tail.slice(0, 64) !== sha256(body)) throw damaged('its sha256 is not that of its content');
  try {
    const manifest = JSON.parse(text) as Manifest;
    if (Number.isSafeInteger(manifest.formatVersion) && manifest.formatVersion > VERSION) throw newer(caller, path, manifest.formatVersion);
    const problem = manifestProblem(manifest);
    if (problem !== undefined) throw damaged(problem);
    // The writer's own bytes: no key twice, none more, in its order.
    if (!equal(encodeManifest(manifest), bytes)) throw damaged('it is not written as manifests are');
    return { formatVersion: VERSION, about: manifest.about, files: manifest.files };
  } catch (error) {
    if (isD3pmError(error)) throw error;
    throw damaged('it is not the JSON of a manifest', error);
  }
}

function newer(caller: string, path: string, version: number): D3pmError {
  return new D3pmError(
    'SPEC_VERSION',
    `${caller}: ${path} is of format version ${version}, this release of @d3pm/train reads ${VERSION}; install the release that wrote it, or a later one`,
  );
}

function manifestProblem({ formatVersion, about, files }: Manifest): string | undefined {
  if (formatVersion !== VERSION) return `its formatVersion is not ${VERSION}`;
  if (typeof about !== 'object' || about === null || Array.isArray(about)) return 'its field "about" is no object';
  if (!Array.isArray(files)) return 'its field "files" is no list';
  for (const { name, bytes, sha256 } of files as SealedFile[]) {
    const problem = fileNameProblem(name);
    if (problem !== undefined) return problem;
    if (!Number.isSafeInteger(bytes) || bytes < 0) return `the size of ${name} is no integer from 0`;
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return `the sha256 of ${name} is none`;
  }
  if (new Set((files as SealedFile[]).map(({ name }) => name)).size < files.length) return 'it has a file twice';
  return jsonProblem(about, 'about');
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
