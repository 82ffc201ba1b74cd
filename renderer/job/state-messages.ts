/** Words of how a job stands: what still works while it waits, closing it here and now, and an incident's sign-offs. */
import { catalogue, plural } from '../services/language.svelte.ts'

export const stateWords = catalogue({
  en: {
    meanwhile: {
      notes: 'Notes and photos: they count whenever they come, also after the closing.',
      others: 'Every other job, as always.',
      late: (name: string) =>
        `Ticks and other changes here count if ${name} has seen them before it closes. What comes later is set aside for review, and nothing of it is lost.`,
    },
    now: {
      close: 'Close now',
      reopen: 'Reopen now',
      reject: 'Reject…',
      confirm: 'Close it as it is?',
      tasks: (n: number) =>
        plural('en', n, { one: '{n} task is not ticked.', other: '{n} tasks are not ticked.' }),
      conflicts: (n: number) =>
        plural('en', n, {
          one: '{n} field is still in conflict.',
          other: '{n} fields are still in conflict.',
        }),
      frozen: 'Closing freezes its fields and checklist as they are.',
      cancel: 'Not yet',
      closed: (audit: string) => `Closed as ${audit}.`,
    },
    signing: {
      title: 'Sign-offs',
      need: 'Closing an incident needs the sign-off of two different persons, each after the last change.',
      missing: (n: number) =>
        plural('en', n, { one: '{n} more person must sign off.', other: '{n} persons must sign off.' }),
      whole: 'Both have signed off. The authority may accept the closing.',
      none: 'Nobody has signed off yet.',
      stands: 'Stands',
      stale: 'Outdated',
      staleAbout: 'Given before the last change, so it must be given again.',
      sign: 'Sign off',
      again: 'Sign off again',
      yours: 'You have signed off. The other sign-off must come from another person.',
    },
  },
  es: {
    meanwhile: {
      notes: 'Notas y fotos: cuentan cuando lleguen, también después del cierre.',
      others: 'Todos los demás trabajos, como siempre.',
      late: (name: string) =>
        `Las marcas y demás cambios cuentan si ${name} los ha visto antes de cerrar. Lo que llegue después se aparta para revisión, sin que se pierda nada.`,
    },
    now: {
      close: 'Cerrar ahora',
      reopen: 'Reabrir ahora',
      reject: 'Rechazar…',
      confirm: '¿Cerrarlo tal como está?',
      tasks: (n: number) =>
        plural('es', n, { one: '{n} tarea sin marcar.', other: '{n} tareas sin marcar.' }),
      conflicts: (n: number) =>
        plural('es', n, { one: '{n} campo sigue en conflicto.', other: '{n} campos siguen en conflicto.' }),
      frozen: 'Al cerrarlo, sus campos y su lista quedan congelados como están.',
      cancel: 'Aún no',
      closed: (audit: string) => `Cerrado como ${audit}.`,
    },
    signing: {
      title: 'Firmas',
      need: 'Cerrar un incidente necesita la firma de dos personas distintas, cada una tras el último cambio.',
      missing: (n: number) =>
        plural('es', n, {
          one: 'Falta la firma de {n} persona.',
          other: 'Faltan las firmas de {n} personas.',
        }),
      whole: 'Las dos personas han firmado. La autoridad puede aceptar el cierre.',
      none: 'Aún no ha firmado nadie.',
      stands: 'Vigente',
      stale: 'Desfasada',
      staleAbout: 'Se dio antes del último cambio: hay que darla de nuevo.',
      sign: 'Firmar',
      again: 'Firmar de nuevo',
      yours: 'Usted ya ha firmado. La otra firma debe ser de otra persona.',
    },
  },
})
