/** The words for a device that may not write (any more): cut off, restored, copied or forked. */
import { catalogue, plural } from '../services/language.svelte.ts'

export const standingWords = catalogue({
  en: {
    label: 'The standing of this device',
    title: {
      cut: (site: string) => `This device was cut off from ${site}`,
      restored: () => 'This device was set back to an earlier state',
      cloned: () => 'This device runs in two places',
      forked: () => 'Two different edits of this device carry one number',
      damaged: () => 'Some work of this device was lost with its damaged database',
    },
    since: (when: string) => `since ${when}`,
    reason: (reason: string) => `“${reason}”`,
    about: {
      cut: 'Nothing done here reaches the others any more. What you see is from then.',
      restored:
        'It may not write: what it did after that state is with the others already. It joins again under a new key.',
      cloned:
        'It may not write: its data was copied to another machine, or is one. It joins again under a new key.',
      forked:
        'It may not write: the others keep only what the authority had seen. It joins again under a new key.',
      damaged:
        'It may not write until that is back from another device, and then goes on by itself. If nobody has it, join again.',
    },
    unsent: (n: number) =>
      plural('en', n, {
        one: '{n} edit is on this device alone.',
        other: '{n} edits are on this device alone.',
      }),
    save: 'Save unsent work as a file',
    saveAgain: 'Save it again',
    saving: 'Saving…',
    saved: (file: string, n: number) =>
      plural('en', n, { one: `${file} holds {n} edit.`, other: `${file} holds {n} edits.` }),
    savedNext:
      'Take it to a supervisor’s desk and hand it in there: Conflicts, Review, “Hand in a parcel”. They take it over item by item.',
    nothing: 'Nothing is unsent: everything done here had reached the others.',
    rejoin: 'Join again with a code',
    rejoinHeading: 'Join the site again',
    rejoinLead:
      'Ask at a desk of the site for a new code. This device gets a new key and is a new member; what was unsent is handed in for review.',
    rejoined: (site: string) => `This device is a member of ${site} again.`,
    upgrade: {
      label: 'The version of this program',
      title: 'This device needs an upgrade',
      about: (site: number, known: number) =>
        `The site goes by version ${site} of its rules, and this program knows version ${known}. Nothing can be changed here, and what was done since is not shown; it is kept and passed on to others. Install the newer version of Tallydesk.`,
    },
  },
  es: {
    label: 'La situación de este equipo',
    title: {
      cut: (site: string) => `Este equipo fue excluido de ${site}`,
      restored: () => 'Este equipo volvió a un estado anterior',
      cloned: () => 'Este equipo funciona en dos lugares',
      forked: () => 'Dos cambios distintos de este equipo llevan un mismo número',
      damaged: () => 'Parte del trabajo de este equipo se perdió con su base de datos dañada',
    },
    since: (when: string) => `desde ${when}`,
    reason: (reason: string) => `«${reason}»`,
    about: {
      cut: 'Nada de lo que se haga aquí llega ya a los demás. Lo que ve es de entonces.',
      restored:
        'No puede escribir: lo que hizo después de aquel estado ya está con los demás. Se une de nuevo con otra clave.',
      cloned:
        'No puede escribir: sus datos se copiaron a otra máquina, o son una copia. Se une de nuevo con otra clave.',
      forked:
        'No puede escribir: los demás conservan solo lo que la autoridad había visto. Se une de nuevo con otra clave.',
      damaged:
        'No puede escribir hasta que vuelva de otro equipo, y entonces sigue solo. Si nadie lo tiene, únase de nuevo.',
    },
    unsent: (n: number) =>
      plural('es', n, {
        one: '{n} cambio está solo en este equipo.',
        other: '{n} cambios están solo en este equipo.',
      }),
    save: 'Guardar lo no enviado como archivo',
    saveAgain: 'Guardarlo otra vez',
    saving: 'Guardando…',
    saved: (file: string, n: number) =>
      plural('es', n, { one: `${file} contiene {n} cambio.`, other: `${file} contiene {n} cambios.` }),
    savedNext:
      'Llévelo al puesto de un supervisor y entréguelo allí: Conflictos, Revisión, «Entregar un paquete». Lo asumen elemento por elemento.',
    nothing: 'No hay nada sin enviar: todo lo hecho aquí había llegado a los demás.',
    rejoin: 'Unirse de nuevo con un código',
    rejoinHeading: 'Unirse de nuevo al sitio',
    rejoinLead:
      'Pida un código nuevo en un puesto del sitio. Este equipo recibe otra clave y es un miembro nuevo; lo no enviado se entrega para su revisión.',
    rejoined: (site: string) => `Este equipo vuelve a ser miembro de ${site}.`,
    upgrade: {
      label: 'La versión de este programa',
      title: 'Este equipo necesita una actualización',
      about: (site: number, known: number) =>
        `El sitio sigue la versión ${site} de sus reglas, y este programa conoce la versión ${known}. Aquí no se puede cambiar nada, y lo hecho desde entonces no se muestra; se guarda y se pasa a los demás. Instale la versión más nueva de Tallydesk.`,
    },
  },
})
