/** Changes of maps that can be taken back: those made since they were last kept. */
export class Journal {
  #undo: (() => void)[] = []

  set<K, V>(map: Map<K, V>, key: K, value: V): void {
    const [had, before] = [map.has(key), map.get(key)]
    map.set(key, value)
    this.#undo.push(() => {
      if (had) map.set(key, before as V)
      else map.delete(key)
    })
  }

  keep(): void {
    this.#undo = []
  }

  takeBack(): void {
    for (const undo of this.#undo.reverse()) undo()
    this.#undo = []
  }
}
