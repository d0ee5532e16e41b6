/** Values by key, within a number of bytes; the one used longest ago goes first. */
export interface ByteCache<V> {
  /** The value of `key`, made when it is not there. It stays at least until the next call. */
  getOrCreate(key: string, create: () => V): V;
  clear(): void;
}

export function createByteCache<V>({
  limit,
  bytesOf,
  onEvict = () => {},
}: {
  readonly limit: number;
  readonly bytesOf: (value: V) => number;
  readonly onEvict?: (value: V) => void;
}): ByteCache<V> {
  const values = new Map<string, V>();
  let bytes = 0;
  const evict = (key: string, value: V): void => {
    values.delete(key);
    bytes -= bytesOf(value);
    onEvict(value);
  };
  return {
    getOrCreate: (key, create) => {
      const known = values.get(key);
      if (known !== undefined) {
        values.delete(key);
        values.set(key, known);
        return known;
      }
      const value = create();
      values.set(key, value);
      bytes += bytesOf(value);
      for (const [oldest, old] of values) {
        if (bytes <= limit || oldest === key) break;
        evict(oldest, old);
      }
      return value;
    },
    clear: () => {
      for (const [key, value] of values) evict(key, value);
    },
  };
}
