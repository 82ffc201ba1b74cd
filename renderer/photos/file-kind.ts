/** What a file is to a person, by the type that its record gives: for its icon alone. */
import FileArchive from '@lucide/svelte/icons/file-archive'
import FileIcon from '@lucide/svelte/icons/file'
import FileSpreadsheet from '@lucide/svelte/icons/file-spreadsheet'
import FileText from '@lucide/svelte/icons/file-text'
import ImageIcon from '@lucide/svelte/icons/image'
import Music from '@lucide/svelte/icons/file-music'
import Film from '@lucide/svelte/icons/film'

const BY_BEGINNING = [
  ['image/', ImageIcon],
  ['video/', Film],
  ['audio/', Music],
  ['text/csv', FileSpreadsheet],
  ['application/vnd.ms-excel', FileSpreadsheet],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml', FileSpreadsheet],
  ['application/vnd.oasis.opendocument.spreadsheet', FileSpreadsheet],
  ['text/', FileText],
  ['application/pdf', FileText],
  ['application/zip', FileArchive],
] as const

export const iconOf = (mime: string) =>
  BY_BEGINNING.find(([beginning]) => mime.startsWith(beginning))?.[1] ?? FileIcon
