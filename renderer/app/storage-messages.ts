/** The words for a disk that does not take what is written. */
import { catalogue } from '../services/language.svelte.ts'

export const storageWords = catalogue({
  en: {
    label: 'The disk of this device',
    title: {
      'disk-full': 'The disk is full: nothing new is saved',
      'storage-failed': 'The disk fails: nothing new is saved',
      'database-damaged': 'The database of this device is damaged: nothing is saved any more',
    },
    since: (when: string) => `since ${when}`,
    about: {
      'disk-full':
        'What was saved before is here and can be read, and goes to the others. Free some space on this device: it then goes on by itself.',
      'storage-failed':
        'What was saved before can be read as far as the disk lets it. Check the disk and its cables; it goes on by itself once the disk does.',
      'database-damaged':
        'What can be read is shown. Close the program and run “tallydesk doctor --repair”: what can be read is kept, the rest comes from the others.',
    },
    says: (reason: string) => `The disk says: ${reason}`,
  },
  es: {
    label: 'El disco de este equipo',
    title: {
      'disk-full': 'El disco está lleno: no se guarda nada nuevo',
      'storage-failed': 'El disco falla: no se guarda nada nuevo',
      'database-damaged': 'La base de datos de este equipo está dañada: ya no se guarda nada',
    },
    since: (when: string) => `desde ${when}`,
    about: {
      'disk-full':
        'Lo guardado antes está aquí, se puede leer y llega a los demás. Libere espacio en este equipo: entonces sigue solo.',
      'storage-failed':
        'Lo guardado antes se puede leer hasta donde el disco lo permite. Revise el disco y sus cables; sigue solo cuando el disco responda.',
      'database-damaged':
        'Se muestra lo que se puede leer. Cierre el programa y ejecute «tallydesk doctor --repair»: se conserva lo legible y el resto viene de los demás.',
    },
    says: (reason: string) => `El disco dice: ${reason}`,
  },
})
