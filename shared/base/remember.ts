/** Puts a value into a map that is only a cache of at most so many: a full one is emptied, and fills again with what is asked. */
export function remember<Key, Value>(cache: Map<Key, Value>, most: number, key: Key, value: Value): Value {
  if (cache.size >= most) cache.clear()
  cache.set(key, value)
  return value
}
