import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly engines?: { readonly node?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
}

type Version = readonly [major: number, minor: number, patch: number];

/** The first of each line of Node that a package promises, beside its oldest. */
const LATER: readonly Version[] = [
  [24, 0, 0],
  [26, 0, 0],
];

/** Dependencies, as they are installed, that refuse a Node which the package promises. `folder` is the package's own folder. */
export function engineFaults(folder: string, manifest: string): readonly string[] {
  const { engines, dependencies = {} } = JSON.parse(manifest) as Manifest;
  const [, major, minor = '0'] = /^>=(\d+)(?:\.(\d+))?$/.exec(engines?.node ?? '') ?? [];
  if (major === undefined) return [`package.json has engines.node ${JSON.stringify(engines?.node)}, expected as ">=22.13"`];
  const promised: readonly Version[] = [[Number(major), Number(minor), 0], ...LATER];
  return Object.keys(dependencies).flatMap((name) => {
    const path = join(folder, 'node_modules', name, 'package.json');
    const range = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Manifest).engines?.node : undefined;
    if (range === undefined) return [];
    return promised
      .filter((version) => !isWithin(version, range))
      .map((version) => `${name} wants Node ${range}, and ${version.join('.')} is promised; take a version of it that supports that`);
  });
}

/** Whether a version is in a range as `engines` has them: comparators, carets and tildes, joined by spaces and ||. */
export function isWithin(version: Version, range: string): boolean {
  const alternatives = range.replace(/([<>=^~]+)\s+/g, '$1').split('||');
  return alternatives.some((part) =>
    part
      .trim()
      .split(/\s+/)
      .every((comparator) => holds(version, comparator)),
  );
}

function holds(version: Version, comparator: string): boolean {
  const [, operator, ...parts] = /^(>=|<=|>|<|\^|~|=|)v?(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(comparator) ?? [];
  if (operator === undefined) return /^[*x]?$/.test(comparator);
  const said = parts.map((part: string | undefined) => (part === undefined ? undefined : Number(part)));
  const order = compare(version, [said[0]!, said[1] ?? 0, said[2] ?? 0]);
  const isSame = (count: number): boolean => said.slice(0, count).every((part, i) => part === undefined || part === version[i]);
  if (operator === '>=') return order >= 0;
  if (operator === '>') return order > 0 && !(said[1] === undefined && isSame(1));
  if (operator === '<=') return order <= 0 || isSame(3);
  if (operator === '<') return order < 0;
  return operator === '^' ? order >= 0 && isSame(1) : operator === '~' ? order >= 0 && isSame(2) : isSame(3);
}

function compare(a: Version, b: Version): number {
  const at = a.findIndex((part, i) => part !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
