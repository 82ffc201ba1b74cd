/**
 * What the desktop shell adds to the pages of a desk, as `window.tallydesk`; a plain browser has none of it.
 * A page that uses a verb must do without it too.
 */
export type Notice = {
  /** At most 120 characters. */
  readonly title: string
  /** At most 400 characters. */
  readonly body: string
}

export interface Shell {
  /** `linux`, `darwin` or `win32`: which keys to name. */
  readonly platform: string
  /** Shows a notice of the operating system; a click on it brings the desk to the front. False: this system shows none. */
  notify(notice: Notice): Promise<boolean>
  /** Opens the folder that holds the site's data in the system's file manager. */
  revealDataFolder(): Promise<void>
}
