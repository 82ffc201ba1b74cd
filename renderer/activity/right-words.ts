/** The words for rights and what is done with them. `{n}` is how many. */

/** A share of a right, as the object of a sentence. */
export const SHARE_WORDS = {
  'job-number': {
    one: { en: '{n} job number', es: '{n} número de trabajo' },
    other: { en: '{n} job numbers', es: '{n} números de trabajo' },
  },
  'audit-number': {
    one: { en: '{n} audit number', es: '{n} número de auditoría' },
    other: { en: '{n} audit numbers', es: '{n} números de auditoría' },
  },
  enrol: {
    one: { en: 'leave to admit {n} device', es: 'permiso para admitir {n} equipo' },
    other: { en: 'leave to admit {n} devices', es: 'permiso para admitir {n} equipos' },
  },
  stock: {
    one: { en: '{n} of {about}', es: '{n} de {about}' },
    other: { en: '{n} of {about}', es: '{n} de {about}' },
  },
  decide: {
    one: { en: 'the closing of zone {about}', es: 'el cierre de la zona {about}' },
    other: { en: 'the closing of zone {about}', es: 'el cierre de la zona {about}' },
  },
  unknown: {
    one: { en: '{n} of {about}', es: '{n} de {about}' },
    other: { en: '{n} of {about}', es: '{n} de {about}' },
  },
} as const

/** All that somebody held of a right. */
export const WHOLE_WORDS = {
  'job-number': { en: 'the job numbers', es: 'los números de trabajo' },
  'audit-number': { en: 'the audit numbers', es: 'los números de auditoría' },
  enrol: { en: 'the leave to admit devices', es: 'el permiso para admitir equipos' },
  stock: { en: 'the stock of {about}', es: 'las existencias de {about}' },
  decide: { en: 'the closing of zone {about}', es: 'el cierre de la zona {about}' },
  unknown: { en: 'what was left of {about}', es: 'lo que quedaba de {about}' },
} as const

/** Of what is withdrawn as a whole. */
export const REVOKED_WORDS = {
  tasks: { en: 'withdrew a task: {reason}', es: 'retiró una tarea: {reason}' },
  notes: { en: 'withdrew a note: {reason}', es: 'retiró una nota: {reason}' },
  tags: { en: 'withdrew a tag: {reason}', es: 'retiró una etiqueta: {reason}' },
  attachments: { en: 'withdrew an attachment: {reason}', es: 'retiró un adjunto: {reason}' },
} as const

export const RIGHT_CHANGE_WORDS = {
  given: { en: 'gave {share} to {name}', es: 'dio {share} a {name}' },
  'given-ranges': { en: 'gave {share} ({ranges}) to {name}', es: 'dio {share} ({ranges}) a {name}' },
  passed: { en: 'passed {share} on to {name}', es: 'pasó {share} a {name}' },
  'passed-ranges': { en: 'passed {share} ({ranges}) on to {name}', es: 'pasó {share} ({ranges}) a {name}' },
  numbered: { en: 'numbered it {number}', es: 'le dio el número {number}' },
  drawn: { en: 'drew {share} from stock', es: 'sacó {share} del almacén' },
  'drawn-for': { en: 'drew {share} from stock for “{title}”', es: 'sacó {share} del almacén para “{title}”' },
  spent: { en: 'used {share}', es: 'usó {share}' },
  reclaimed: { en: 'took {whole} back from {name}', es: 'recuperó {whole} de {name}' },
  'asked-share': { en: 'asked for {share}', es: 'pidió {share}' },
  'asked-numbers': { en: 'asked for numbers', es: 'pidió números' },
  'asked-stock': { en: 'asked for stock', es: 'pidió existencias' },
  'asked-role': { en: 'asked to make {name} {role}', es: 'pidió cambiar a {name} a {role}' },
  'asked-cut': { en: 'asked to remove {name}: {reason}', es: 'pidió excluir a {name}: {reason}' },
  'asked-cut-bare': { en: 'asked to remove {name}', es: 'pidió excluir a {name}' },
  'asked-check': { en: 'asked whether an attachment may stay', es: 'preguntó si un adjunto puede quedarse' },
  'granted-numbers': { en: 'granted the request for numbers', es: 'concedió los números pedidos' },
  'granted-stock': { en: 'granted the request for stock', es: 'concedió las existencias pedidas' },
  'granted-role': { en: 'granted the change of role', es: 'concedió el cambio de rol' },
  'granted-cut': { en: 'agreed to the removal of a device', es: 'aprobó la exclusión de un equipo' },
  'granted-check': { en: 'found that an attachment may stay', es: 'decidió que un adjunto puede quedarse' },
  'refused-numbers': { en: 'refused the numbers: {reason}', es: 'rechazó los números: {reason}' },
  'refused-numbers-bare': { en: 'refused the numbers', es: 'rechazó los números' },
  'refused-stock': { en: 'refused the stock: {reason}', es: 'rechazó las existencias: {reason}' },
  'refused-stock-bare': { en: 'refused the stock', es: 'rechazó las existencias' },
  'refused-role': { en: 'refused the change of role: {reason}', es: 'rechazó el cambio de rol: {reason}' },
  'refused-role-bare': { en: 'refused the change of role', es: 'rechazó el cambio de rol' },
  'refused-cut': {
    en: 'refused the removal of a device: {reason}',
    es: 'rechazó la exclusión de un equipo: {reason}',
  },
  'refused-cut-bare': { en: 'refused the removal of a device', es: 'rechazó la exclusión de un equipo' },
  'refused-check': {
    en: 'found that an attachment may not stay: {reason}',
    es: 'decidió que un adjunto no puede quedarse: {reason}',
  },
  'refused-check-bare': {
    en: 'found that an attachment may not stay',
    es: 'decidió que un adjunto no puede quedarse',
  },
  'signed-off': { en: 'signed it off', es: 'lo firmó' },
  'handed-over': { en: 'handed the authority over to {name}', es: 'traspasó la autoridad a {name}' },
  'policy-set': { en: 'changed which attachments may stay', es: 'cambió qué adjuntos pueden quedarse' },
  checkpoint: {
    one: {
      en: 'published a checkpoint: {n} change is final',
      es: 'publicó un punto de control: {n} cambio es definitivo',
    },
    other: {
      en: 'published a checkpoint: {n} changes are final',
      es: 'publicó un punto de control: {n} cambios son definitivos',
    },
  },
  snapshot: {
    en: 'wrote down what is final, for devices to begin from',
    es: 'dejó por escrito lo definitivo, para que los equipos empiecen por ahí',
  },
  'rules-raised': {
    en: 'raised the site’s rules to version {version}',
    es: 'subió las reglas del sitio a la versión {version}',
  },
  adopted: { en: 'let an edit by {author} count after all', es: 'hizo valer un cambio de {author}' },
  dismissed: {
    en: 'dismissed an edit by {author}: {reason}',
    es: 'descartó un cambio de {author}: {reason}',
  },
  revoked: { en: 'withdrew a value of {field}: {reason}', es: 'retiró un valor de {field}: {reason}' },
  'parcel-handed-in': {
    en: 'handed in work of another device for review',
    es: 'entregó trabajo de otro equipo para revisión',
  },
  'parcel-taken': {
    one: { en: 'took over {n} item of handed-in work', es: 'asumió {n} elemento del trabajo entregado' },
    other: { en: 'took over {n} items of handed-in work', es: 'asumió {n} elementos del trabajo entregado' },
  },
  'parcel-dismissed': {
    one: { en: 'dismissed {n} item of handed-in work', es: 'descartó {n} elemento del trabajo entregado' },
    other: {
      en: 'dismissed {n} items of handed-in work',
      es: 'descartó {n} elementos del trabajo entregado',
    },
  },
} as const
