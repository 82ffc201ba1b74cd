/** English: every word that the shell itself shows, in alphabetical order of the keys. */
export const en = {
  about: 'About Tallydesk',
  'actual-size': 'Actual size',
  'close-window': 'Close window',
  copy: 'Copy',
  cut: 'Cut',
  desk: 'Desk',
  edit: 'Edit',
  'full-screen': 'Full screen',
  'gave-up-hint':
    'Your data is safe in its folder. Choose “{menu}” in the menu “Desk” to try again. If it keeps happening, restart the computer, and keep the folder for those who help you.',
  'gave-up-message': 'The desk’s program stopped {times} times and was not started again.',
  help: 'Help',
  hide: 'Hide',
  licence: 'Licence',
  'open-data-folder': 'Open the data folder',
  paste: 'Paste',
  quit: 'Quit Tallydesk',
  redo: 'Redo',
  'refused-hint': '{hint} Then choose “{menu}” in the menu “Desk”.',
  reload: 'Reload',
  'select-all': 'Select all',
  'show-desk': 'Show the desk',
  'start-again': 'Start again',
  starting: 'The desk is starting…',
  undo: 'Undo',
  view: 'View',
  window: 'Window',
  'zoom-in': 'Larger',
  'zoom-out': 'Smaller',
} as const satisfies Readonly<Record<string, string>>

export type Word = keyof typeof en
