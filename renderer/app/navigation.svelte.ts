/**
 * Where the person is: one of five places, with a job open beside it or not. The address bar holds it
 * (`#/board/<record>`), so that back, forward and reload mean what they say.
 */
export const PLACES = ['board', 'conflicts', 'authority', 'peers', 'activity'] as const
export type Place = (typeof PLACES)[number]
/** The key after `g` that goes there. */
export const PLACE_LETTERS = {
  board: 'b',
  conflicts: 'c',
  authority: 'a',
  peers: 'p',
  activity: 't',
} as const satisfies Record<Place, string>

type Whereabouts = { readonly place: Place; readonly record: string | null }

const ROUTE = /^#\/([a-z]+)(?:\/([0-9a-f]{32}))?$/

function read(hash: string): Whereabouts {
  const parts = ROUTE.exec(hash)
  const place = PLACES.find((one) => one === parts?.[1])
  return place ? { place, record: parts?.[2] ?? null } : { place: 'board', record: null }
}

class Navigation {
  #at: Whereabouts = $state.raw(read(location.hash))

  constructor() {
    addEventListener('hashchange', () => (this.#at = read(location.hash)))
  }

  get place(): Place {
    return this.#at.place
  }

  /** The record that is open beside the place. */
  get record(): string | null {
    return this.#at.record
  }

  /** An address for links. */
  href(place: Place, record: string | null = null): string {
    return record === null ? `#/${place}` : `#/${place}/${record}`
  }

  go(place: Place): void {
    location.hash = this.href(place)
  }

  /** Opens a record beside the present place. */
  open(record: string): void {
    location.hash = this.href(this.place, record)
  }

  close(): void {
    location.hash = this.href(this.place)
  }
}

export const navigation = new Navigation()
