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
