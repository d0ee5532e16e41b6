/** Of what d3pm train writes, by its extension. Nothing else in `samples/` is shown: no page, no SVG. */
const sampleTypes: ReadonlyMap<string, string> = new Map([
  ['gif', 'image/gif'],
  ['png', 'image/png'],
  ['txt', 'text/plain; charset=utf-8'],
]);

const PREFIX = '/samples/';
const MAX_NAME = 255;

/** Whether a name is that of one file in a folder, of a type that is shown, whatever the system. */
export function isSampleName(name: string): boolean {
  if (name.length > MAX_NAME || /[/\\:\p{Cc}\p{Cs}]/u.test(name) || name.startsWith('.')) return false;
  return sampleTypes.has(extensionOf(name));
}

/** The type of a sample by its name. */
export function sampleType(name: string): string | undefined {
  return sampleTypes.get(extensionOf(name));
}

/**
 * The name of the sample that a path of a request asks for, as `/samples/step-00001000.png`; undefined for any other path.
 *
 * @param path As it stands in the request, without what follows a `?`.
 */
export function sampleName(path: string): string | undefined {
  if (!path.startsWith(PREFIX)) return undefined;
  let name: string;
  try {
    name = decodeURIComponent(path.slice(PREFIX.length));
  } catch {
    return undefined;
  }
  return isSampleName(name) ? name : undefined;
}

const extensionOf = (name: string): string => (name.includes('.') ? name.slice(name.lastIndexOf('.') + 1) : '');
