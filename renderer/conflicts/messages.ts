/** The words of the place and of the conflict queue. */
import { catalogue, plural } from '../services/language.svelte.ts'

export const words = catalogue({
  en: {
    heading: 'Conflicts',
    lead: 'Fields that two people set differently without knowing of each other.',
    tabs: { queue: 'To settle', review: 'Review' },
    switchTab: 'Conflicts or review',
    progress: (left: string, total: string) => `${left} of ${total} left`,
    progressLabel: 'Settled and chosen so far',
    allDone: 'Nothing to settle',
    allDoneHint: 'When two people set one field differently, both values wait here for you.',
    doneNow: (n: number) =>
      plural('en', n, { one: 'You settled {n} field.', other: 'You settled {n} fields.' }),
    loading: 'Reading the queue…',
    queueLabel: 'Conflicted fields',
    rowLabel: (field: string, title: string, n: number) => `${field} of ${title}, ${n} values`,
    moved: 'Changed since you chose: look again',
    empty: 'empty',
    you: 'you',
    select: 'Select',
    merge: 'Own value…',
    mergeLabel: (field: string) => `Own value for ${field}`,
    mergeSave: 'Use this',
    mergeHint: 'Enter keeps it, Escape drops it.',
    mergedValue: 'Own value',
    cancel: 'Cancel',
    undoChoice: 'Take back',
    rules: {
      toAll: (n: number) =>
        plural('en', n, { one: 'Choose for the {n} open field', other: 'Choose for all {n} open fields' }),
      toRest: (n: number) =>
        plural('en', n, { one: 'Choose for the other one', other: 'Choose for the other {n}' }),
      toSelection: (n: number) =>
        plural('en', n, { one: 'Choose for the {n} selected', other: 'Choose for the {n} selected' }),
      newest: 'Newest',
      newestHint: 'The value with the latest time shown. Times are what each device’s clock said.',
      longest: 'Longest',
      longestHint: 'The value with the most characters.',
      mine: 'Mine',
      mineHint: 'The value set on this device.',
      author: 'By author',
      authorHint: 'Every value of one person.',
      clear: 'Take back choices',
    },
    ruleDone: (chosen: number, skipped: number) =>
      skipped === 0
        ? plural('en', chosen, { one: '{n} field chosen.', other: '{n} fields chosen.' })
        : `${plural('en', chosen, { one: '{n} field chosen', other: '{n} fields chosen' })}; ${plural('en', skipped, { one: '{n} has no such value.', other: '{n} have no such value.' })}`,
    preview: 'Preview',
    previewCount: (n: number) => plural('en', n, { one: 'Preview {n} change', other: 'Preview {n} changes' }),
    previewHeading: (n: number) =>
      plural('en', n, { one: 'This {n} field will be set', other: 'These {n} fields will be set' }),
    previewNote: 'All of them in one operation: either every field is settled or none is.',
    previewCapped: (limit: number, rest: number) =>
      `One operation settles at most ${limit}. The other ${rest} stay chosen for the next.`,
    previewShrunk: (n: number) =>
      plural('en', n, {
        one: '{n} field was settled or changed by somebody else meanwhile and is no longer among these.',
        other: '{n} fields were settled or changed by somebody else meanwhile and are no longer among these.',
      }),
    previewBy: {
      newest: 'newest',
      longest: 'longest',
      mine: 'mine',
      author: 'by author',
      pick: 'chosen',
      merge: 'own value',
    },
    columns: { job: 'Job', field: 'Field', will: 'Will be', instead: 'Instead of', how: 'How' },
    apply: (n: number) => plural('en', n, { one: 'Settle {n} field', other: 'Settle {n} fields' }),
    applying: 'Saving…',
    nothingChosen: 'Choose a value first: press its number.',
    settled: (n: number) => plural('en', n, { one: '{n} field settled', other: '{n} fields settled' }),
    undo: 'Undo',
    undone: (n: number) =>
      plural('en', n, { one: '{n} field is back in the queue', other: '{n} fields are back in the queue' }),
    failedRefreshed: 'The list now shows how things stand.',
    failedMoved: (n: number) =>
      plural('en', n, {
        one: '{n} choice was dropped because its values changed.',
        other: '{n} choices were dropped because their values changed.',
      }),
    keysHeading: 'Keys',
    keys: {
      step: 'next, previous',
      choose: 'choose that value',
      merge: 'own value',
      toggle: 'select',
      range: 'select a range',
      all: 'select all',
      newest: 'newest',
      longest: 'longest',
      mine: 'mine',
      author: 'by author',
      clear: 'take back',
      preview: 'preview, then settle',
      undo: 'undo',
    },
  },
  es: {
    heading: 'Conflictos',
    lead: 'Campos que dos personas cambiaron de forma distinta sin saber la una de la otra.',
    tabs: { queue: 'Por resolver', review: 'Revisión' },
    switchTab: 'Conflictos o revisión',
    progress: (left: string, total: string) => `Quedan ${left} de ${total}`,
    progressLabel: 'Resueltos y elegidos hasta ahora',
    allDone: 'Nada que resolver',
    allDoneHint: 'Cuando dos personas cambian un campo de forma distinta, ambos valores le esperan aquí.',
    doneNow: (n: number) =>
      plural('es', n, { one: 'Ha resuelto {n} campo.', other: 'Ha resuelto {n} campos.' }),
    loading: 'Leyendo la cola…',
    queueLabel: 'Campos en conflicto',
    rowLabel: (field: string, title: string, n: number) => `${field} de ${title}, ${n} valores`,
    moved: 'Cambió después de elegir: mírelo de nuevo',
    empty: 'vacío',
    you: 'usted',
    select: 'Seleccionar',
    merge: 'Valor propio…',
    mergeLabel: (field: string) => `Valor propio para ${field}`,
    mergeSave: 'Usar este',
    mergeHint: 'Intro lo guarda, Escape lo descarta.',
    mergedValue: 'Valor propio',
    cancel: 'Cancelar',
    undoChoice: 'Retirar',
    rules: {
      toAll: (n: number) =>
        plural('es', n, {
          one: 'Elegir para el campo abierto',
          other: 'Elegir para los {n} campos abiertos',
        }),
      toRest: (n: number) =>
        plural('es', n, { one: 'Elegir para el otro', other: 'Elegir para los otros {n}' }),
      toSelection: (n: number) =>
        plural('es', n, { one: 'Elegir para el seleccionado', other: 'Elegir para los {n} seleccionados' }),
      newest: 'Más reciente',
      newestHint: 'El valor con la hora más tardía. Las horas son las del reloj de cada equipo.',
      longest: 'Más largo',
      longestHint: 'El valor con más caracteres.',
      mine: 'El mío',
      mineHint: 'El valor puesto en este equipo.',
      author: 'Por autor',
      authorHint: 'Todos los valores de una persona.',
      clear: 'Retirar lo elegido',
    },
    ruleDone: (chosen: number, skipped: number) =>
      skipped === 0
        ? plural('es', chosen, { one: '{n} campo elegido.', other: '{n} campos elegidos.' })
        : `${plural('es', chosen, { one: '{n} campo elegido', other: '{n} campos elegidos' })}; ${plural('es', skipped, { one: '{n} no tiene tal valor.', other: '{n} no tienen tal valor.' })}`,
    preview: 'Vista previa',
    previewCount: (n: number) => plural('es', n, { one: 'Ver {n} cambio', other: 'Ver {n} cambios' }),
    previewHeading: (n: number) =>
      plural('es', n, { one: 'Este campo cambiará', other: 'Estos {n} campos cambiarán' }),
    previewNote: 'Todos en una sola operación: o se resuelven todos los campos o ninguno.',
    previewCapped: (limit: number, rest: number) =>
      `Una operación resuelve como máximo ${limit}. Los otros ${rest} quedan elegidos para la siguiente.`,
    previewShrunk: (n: number) =>
      plural('es', n, {
        one: 'Entretanto alguien resolvió o cambió {n} campo, que ya no está entre estos.',
        other: 'Entretanto alguien resolvió o cambió {n} campos, que ya no están entre estos.',
      }),
    previewBy: {
      newest: 'más reciente',
      longest: 'más largo',
      mine: 'el mío',
      author: 'por autor',
      pick: 'elegido',
      merge: 'valor propio',
    },
    columns: { job: 'Trabajo', field: 'Campo', will: 'Será', instead: 'En lugar de', how: 'Cómo' },
    apply: (n: number) => plural('es', n, { one: 'Resolver {n} campo', other: 'Resolver {n} campos' }),
    applying: 'Guardando…',
    nothingChosen: 'Elija primero un valor: pulse su número.',
    settled: (n: number) => plural('es', n, { one: '{n} campo resuelto', other: '{n} campos resueltos' }),
    undo: 'Deshacer',
    undone: (n: number) =>
      plural('es', n, { one: '{n} campo ha vuelto a la cola', other: '{n} campos han vuelto a la cola' }),
    failedRefreshed: 'La lista muestra ahora cómo están las cosas.',
    failedMoved: (n: number) =>
      plural('es', n, {
        one: 'Se retiró {n} elección porque sus valores cambiaron.',
        other: 'Se retiraron {n} elecciones porque sus valores cambiaron.',
      }),
    keysHeading: 'Teclas',
    keys: {
      step: 'siguiente, anterior',
      choose: 'elegir ese valor',
      merge: 'valor propio',
      toggle: 'seleccionar',
      range: 'seleccionar un tramo',
      all: 'seleccionar todo',
      newest: 'más reciente',
      longest: 'más largo',
      mine: 'el mío',
      author: 'por autor',
      clear: 'retirar',
      preview: 'vista previa y resolver',
      undo: 'deshacer',
    },
  },
})
