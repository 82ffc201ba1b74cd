/** `Menu` and `Tray`: what they were made of, to be read and clicked. */
import { EventEmitter } from 'node:events'
import type { MenuItemConstructorOptions, Tray as ElectronTray } from 'electron'

export class Menu {
  /** The application menu. */
  static current: Menu | null = null
  readonly template: readonly MenuItemConstructorOptions[]

  constructor(template: readonly MenuItemConstructorOptions[]) {
    this.template = template
  }

  static buildFromTemplate(template: MenuItemConstructorOptions[]): Menu {
    return new Menu(template)
  }

  static setApplicationMenu(menu: Menu | null): void {
    Menu.current = menu
  }
}

export const trays: Tray[] = []

export class Tray extends EventEmitter implements Pick<ElectronTray, 'destroy' | 'setToolTip'> {
  readonly image: string
  menu: Menu | null = null
  toolTip = ''

  constructor(image: string) {
    super()
    this.image = image
    trays.push(this)
  }

  setToolTip(text: string): void {
    this.toolTip = text
  }

  setContextMenu(menu: Menu | null): void {
    this.menu = menu
  }

  destroy(): void {
    trays.splice(trays.indexOf(this), 1)
  }
}

/** The items on the way to the one that `labels` leads to; an unknown label is an error. */
export function find(menu: Menu | null, labels: readonly string[]): MenuItemConstructorOptions {
  let items = menu?.template ?? []
  let found: MenuItemConstructorOptions | undefined
  for (const label of labels) {
    found = items.find((item) => item.label === label)
    if (found === undefined) throw new Error(`There is no “${label}” in the menu`)
    items = Array.isArray(found.submenu) ? found.submenu : []
  }
  if (found === undefined) throw new Error('Name an item')
  return found
}
