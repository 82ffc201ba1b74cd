/** The words of what is final, and of checkpoints. */
import { catalogue, plural } from '../services/language.svelte.ts'

export const finalityWords = catalogue({
  en: {
    final: 'Final',
    finalHint:
      'The authority’s checkpoint holds it: whether it counts changes no more, whatever comes later.',
    ofRecord: (ops: number, of: number) => `${ops} of ${of} final`,
    title: 'Checkpoints',
    about:
      'What a checkpoint holds is final: no closing, cut or copied device that comes to light later changes whether it counts. The rest may still change.',
    none: 'There is no checkpoint yet.',
    last: 'Last checkpoint',
    under: 'Final',
    beyond: 'Not final yet',
    edits: (n: number) => plural('en', n, { one: '{n} edit', other: '{n} edits' }),
    snapshot: 'Snapshot',
    snapshotOf: (when: string, size: string) => `Of ${when}, ${size}`,
    snapshotNone: 'None yet',
    snapshotNoneHint: 'The authority makes one once a thousand edits are final; below that nobody needs it.',
    snapshotHere: 'On this device',
    snapshotElsewhere: 'Not on this device',
    snapshotHereHint: 'Whoever was away for long, or is new, can begin from it here.',
    snapshotElsewhereHint: 'The authority, desks and edges keep it; a tablet does not need it.',
    history: 'History here',
    days: (n: number) => plural('en', n, { one: 'Kept for {n} day', other: 'Kept for {n} days' }),
    lessThanADay: 'Kept for less than a day',
    forGood: 'Kept for good',
    clearedHere: (n: number) =>
      plural('en', n, { one: '{n} edit is no longer kept', other: '{n} edits are no longer kept' }),
    historyAbout:
      'What is final and older than that leaves the activity of this device; what it did stays. An archive (“tallydesk export”) keeps it for good. A device that was away for longer goes on from the snapshot.',
    cleared: (n: number) =>
      plural('en', n, {
        one: '{n} earlier change is final; its history is no longer kept on this device.',
        other: '{n} earlier changes are final; their history is no longer kept on this device.',
      }),
    clearedHint: 'What was done stands. An archive that was exported before still shows it.',
    beginning: {
      label: 'Catching up',
      coming: 'This device was away for long and is catching up from a snapshot',
      comingAbout:
        'The others no longer keep what happened in between. Until then you see how it was before; go on working, nothing that is done here is lost.',
      reading: 'This device was away for long and takes in a snapshot now',
      readingAbout:
        'On a large site this takes some minutes. Go on working, nothing that is done here is lost.',
      newComing: 'This device is new here and begins from a snapshot',
      newAbout:
        'The jobs come with it, and all that was done since then. On a large site this takes some minutes.',
      newReading: 'This device is new here and takes in a snapshot now',
      share: 'Of the snapshot on this device',
      shareRead: 'Of the snapshot taken in',
      nobody: 'This device cannot catch up: nobody whom it is linked to has a snapshot',
      nobodyAbout:
        'The others no longer keep what it lacks. The authority, desks and edges have a snapshot to go on from: let it meet one of them, and it goes on by itself. What is done here meanwhile is kept.',
      unusable: 'This device cannot catch up: the snapshot that it got cannot be used',
      unusableAbout:
        'The others no longer keep what it lacks. Let it meet the authority, which makes a new snapshot with its next checkpoint; the log of this device says what was wrong. What is done here meanwhile is kept.',
    },
    check: 'On this device',
    agreed: 'Same state',
    agreedHint:
      'This device worked out the state at the checkpoint by itself, and it is what the authority published.',
    differs: 'Another state',
    open: 'Not compared yet',
    openHint:
      'It is compared when there is nothing else to do; where much has come since, a later checkpoint is.',
    publish: 'Publish a checkpoint',
    nothingNew: 'Nothing is new since the last one.',
    itself: 'The authority publishes one by itself every day in which something was done.',
    confirmTitle: 'Make everything here final?',
    confirm: (n: number) =>
      plural('en', n, {
        one: '{n} edit becomes final. This cannot be taken back; a single value can still be revoked.',
        other: '{n} edits become final. This cannot be taken back; a single value can still be revoked.',
      }),
    cancel: 'Cancel',
    publishNow: 'Publish',
    published: 'The checkpoint is published.',
    alarmLabel: 'Alarm: the state here differs',
    alarm: 'This device finds another state than the authority’s checkpoint',
    alarmAbout:
      'One of the two is damaged, or their versions differ. Do not go by what is closed or counted here until it is cleared up: run “tallydesk doctor” on both and compare.',
  },
  es: {
    final: 'Definitivo',
    finalHint:
      'El punto de control de la autoridad lo contiene: ya no cambia si cuenta o no, venga lo que venga.',
    ofRecord: (ops: number, of: number) => `${ops} de ${of} definitivos`,
    title: 'Puntos de control',
    about:
      'Lo que contiene un punto de control es definitivo: ningún cierre, exclusión o equipo copiado que aparezca después cambia si cuenta o no. Lo demás aún puede cambiar.',
    none: 'Todavía no hay ningún punto de control.',
    last: 'Último punto de control',
    under: 'Definitivos',
    beyond: 'Aún no definitivos',
    edits: (n: number) => plural('es', n, { one: '{n} cambio', other: '{n} cambios' }),
    snapshot: 'Instantánea',
    snapshotOf: (when: string, size: string) => `De ${when}, ${size}`,
    snapshotNone: 'Aún ninguna',
    snapshotNoneHint:
      'La autoridad hace una cuando hay mil cambios definitivos; con menos, nadie la necesita.',
    snapshotHere: 'En este equipo',
    snapshotElsewhere: 'No está en este equipo',
    snapshotHereHint: 'Quien estuvo mucho tiempo fuera, o es nuevo, puede partir de ella aquí.',
    snapshotElsewhereHint:
      'La guardan la autoridad, los puestos y los nodos locales; a una tableta no le hace falta.',
    history: 'Historial aquí',
    days: (n: number) => plural('es', n, { one: 'Se guarda {n} día', other: 'Se guarda {n} días' }),
    lessThanADay: 'Se guarda menos de un día',
    forGood: 'Se guarda sin límite',
    clearedHere: (n: number) =>
      plural('es', n, { one: '{n} cambio ya no se guarda', other: '{n} cambios ya no se guardan' }),
    historyAbout:
      'Lo definitivo y más antiguo sale de la actividad de este equipo; lo que hizo permanece. Un archivo («tallydesk export») lo conserva para siempre. Un equipo que estuvo fuera más tiempo sigue desde la instantánea.',
    cleared: (n: number) =>
      plural('es', n, {
        one: '{n} cambio anterior es definitivo; su historial ya no se guarda en este equipo.',
        other: '{n} cambios anteriores son definitivos; su historial ya no se guarda en este equipo.',
      }),
    clearedHint: 'Lo hecho permanece. Un archivo exportado antes aún lo muestra.',
    beginning: {
      label: 'Poniéndose al día',
      coming: 'Este equipo estuvo mucho tiempo fuera y se pone al día con una instantánea',
      comingAbout:
        'Los demás ya no guardan lo que pasó entretanto. Hasta entonces ve cómo estaba antes; siga trabajando, no se pierde nada de lo hecho aquí.',
      reading: 'Este equipo estuvo mucho tiempo fuera y ahora lee una instantánea',
      readingAbout:
        'En un sitio grande tarda unos minutos. Siga trabajando, no se pierde nada de lo hecho aquí.',
      newComing: 'Este equipo es nuevo aquí y parte de una instantánea',
      newAbout:
        'Con ella llegan los trabajos, y después todo lo hecho desde entonces. En un sitio grande tarda unos minutos.',
      newReading: 'Este equipo es nuevo aquí y ahora lee una instantánea',
      share: 'De la instantánea, en este equipo',
      shareRead: 'De la instantánea, ya leído',
      nobody: 'Este equipo no puede ponerse al día: nadie con quien está enlazado tiene una instantánea',
      nobodyAbout:
        'Los demás ya no guardan lo que le falta. La autoridad, los puestos y los nodos locales tienen una instantánea de la que seguir: haga que se encuentre con uno de ellos y seguirá solo. Lo hecho aquí entretanto se conserva.',
      unusable: 'Este equipo no puede ponerse al día: la instantánea que recibió no sirve',
      unusableAbout:
        'Los demás ya no guardan lo que le falta. Haga que se encuentre con la autoridad, que hace una nueva con su próximo punto de control; el registro de este equipo dice qué fallaba. Lo hecho aquí entretanto se conserva.',
    },
    check: 'En este equipo',
    agreed: 'El mismo estado',
    agreedHint:
      'Este equipo calculó por sí mismo el estado en el punto de control, y es el que publicó la autoridad.',
    differs: 'Otro estado',
    open: 'Aún sin comparar',
    openHint:
      'Se compara cuando no hay otra cosa que hacer; si ha llegado mucho desde entonces, se compara uno posterior.',
    publish: 'Publicar un punto de control',
    nothingNew: 'No hay nada nuevo desde el último.',
    itself: 'La autoridad publica uno por sí misma cada día en que se ha hecho algo.',
    confirmTitle: '¿Hacer definitivo todo lo que hay aquí?',
    confirm: (n: number) =>
      plural('es', n, {
        one: '{n} cambio pasa a ser definitivo. No se puede deshacer; un valor suelto aún puede revocarse.',
        other:
          '{n} cambios pasan a ser definitivos. No se puede deshacer; un valor suelto aún puede revocarse.',
      }),
    cancel: 'Cancelar',
    publishNow: 'Publicar',
    published: 'El punto de control está publicado.',
    alarmLabel: 'Alarma: el estado aquí difiere',
    alarm: 'Este equipo obtiene otro estado que el punto de control de la autoridad',
    alarmAbout:
      'Uno de los dos está dañado, o sus versiones difieren. No se fíe de lo que aquí está cerrado o contado hasta que se aclare: ejecute «tallydesk doctor» en ambos y compare.',
  },
})
