/** What the scripted shift just did, as a sentence. A code that is not known here is left out. */
import { fill } from '../../shared/api/messages/catalogue.ts'
import { catalogue } from '../services/language.svelte.ts'

const sentences = catalogue({
  en: {
    tick: '{who} ticked “{text}” on “{title}”',
    note: '{who} wrote a note on “{title}”',
    photo: '{who} took a photo for “{title}”',
    labour: '{who} booked {minutes} minutes on “{title}”',
    open: '{who} opened “{title}”',
    title: '{who} renamed a job to “{title}”',
    close: '{who} asked to close “{title}”',
    leave: '{who} walked out of the Wi-Fi',
    return: '{who} is back on the Wi-Fi',
  },
  es: {
    tick: '{who} marcó «{text}» en «{title}»',
    note: '{who} escribió una nota en «{title}»',
    photo: '{who} hizo una foto para «{title}»',
    labour: '{who} anotó {minutes} minutos en «{title}»',
    open: '{who} abrió «{title}»',
    title: '{who} renombró un trabajo como «{title}»',
    close: '{who} pidió cerrar «{title}»',
    leave: '{who} salió de la Wi-Fi',
    return: '{who} ha vuelto a la Wi-Fi',
  },
})

export function shiftText(code: string, params: Readonly<Record<string, string>>): string | null {
  const known: Readonly<Record<string, string>> = sentences()
  return Object.hasOwn(known, code) ? fill(known[code] ?? '', params) : null
}
