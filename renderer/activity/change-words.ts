/** The words that sentences about changes are made of. `{value}` and its like are set apart on the screen. */

/** Fields with their article, as the object of a sentence. A field that is not here shows its own name. */
export const FIELD_WORDS = {
  title: { en: 'the title', es: 'el título' },
  reference: { en: 'the reference', es: 'la referencia' },
  zone: { en: 'the zone', es: 'la zona' },
  priority: { en: 'the priority', es: 'la prioridad' },
  assignee: { en: 'the assignee', es: 'el responsable' },
  owner: { en: 'the owner', es: 'el titular' },
  due: { en: 'the due date', es: 'la fecha límite' },
  label: { en: 'the label', es: 'la etiqueta' },
  tags: { en: 'the tags', es: 'las etiquetas' },
  tasks: { en: 'the checklist', es: 'la lista de tareas' },
  notes: { en: 'the notes', es: 'las notas' },
  attachments: { en: 'the attachments', es: 'los adjuntos' },
  text: { en: 'the text of a task', es: 'el texto de una tarea' },
  name: { en: 'the name', es: 'el nombre' },
  location: { en: 'the location', es: 'la ubicación' },
  unit: { en: 'the unit', es: 'la unidad' },
} as const

/** Fields as a column heading or a label. */
export const FIELD_LABELS = {
  title: { en: 'Title', es: 'Título' },
  reference: { en: 'Reference', es: 'Referencia' },
  zone: { en: 'Zone', es: 'Zona' },
  priority: { en: 'Priority', es: 'Prioridad' },
  assignee: { en: 'Assignee', es: 'Responsable' },
  owner: { en: 'Owner', es: 'Titular' },
  due: { en: 'Due', es: 'Fecha límite' },
  label: { en: 'Label', es: 'Etiqueta' },
  text: { en: 'Task', es: 'Tarea' },
  name: { en: 'Name', es: 'Nombre' },
  location: { en: 'Location', es: 'Ubicación' },
  unit: { en: 'Unit', es: 'Unidad' },
} as const

/** Values of closed lists; everything else is shown as it was typed. */
export const VALUE_WORDS = {
  low: { en: 'low', es: 'baja' },
  normal: { en: 'normal', es: 'normal' },
  high: { en: 'high', es: 'alta' },
  urgent: { en: 'urgent', es: 'urgente' },
} as const

export const KIND_WORDS = {
  job: { en: 'the job', es: 'el trabajo' },
  case: { en: 'the case', es: 'el caso' },
  incident: { en: 'the incident', es: 'el incidente' },
  stock: { en: 'the stock item', es: 'el artículo' },
} as const

export const ROLE_WORDS = {
  authority: { en: 'authority', es: 'autoridad' },
  supervisor: { en: 'supervisor', es: 'supervisor' },
  technician: { en: 'technician', es: 'técnico' },
  edge: { en: 'edge', es: 'nodo local' },
} as const

export const CHANGE_WORDS = {
  opened: { en: 'opened {kind}', es: 'abrió {kind}' },
  'opened-with-tasks': { en: 'opened {kind} with {count} tasks', es: 'abrió {kind} con {count} tareas' },
  imported: { en: 'imported it from {source}', es: 'lo importó de {source}' },
  'imported-many': { en: 'imported {count} jobs from {source}', es: 'importó {count} trabajos de {source}' },
  set: { en: 'set {field} to {value}', es: 'cambió {field} a {value}' },
  cleared: { en: 'cleared {field}', es: 'borró {field}' },
  settled: { en: 'settled {field} as {value}', es: 'resolvió {field} como {value}' },
  'settled-empty': { en: 'settled {field} as empty', es: 'resolvió {field} dejándolo vacío' },
  restored: {
    en: 'took a settlement back: {values} stand side by side again',
    es: 'deshizo una resolución: {values} vuelven a estar enfrentados',
  },
  'restored-many': {
    en: 'took a settlement back: its conflicts are open again',
    es: 'deshizo una resolución: sus conflictos vuelven a estar abiertos',
  },
  'settled-many': { en: 'settled {count} conflicts', es: 'resolvió {count} conflictos' },
  'task-renamed': { en: 'reworded a task as {value}', es: 'reescribió una tarea como {value}' },
  'tag-added': { en: 'added the tag {key}', es: 'añadió la etiqueta {key}' },
  'tag-removed-bare': { en: 'took off a tag', es: 'quitó una etiqueta' },
  'tag-removed': { en: 'took off the tag {key}', es: 'quitó la etiqueta {key}' },
  'key-added': { en: 'added {key} to {field}', es: 'añadió {key} a {field}' },
  'key-removed': { en: 'took {key} out of {field}', es: 'quitó {key} de {field}' },
  'task-added': { en: 'added the task {value}', es: 'añadió la tarea {value}' },
  'task-added-bare': { en: 'added a task', es: 'añadió una tarea' },
  'task-removed': { en: 'removed a task', es: 'quitó una tarea' },
  'note-added': { en: 'wrote the note {excerpt}', es: 'escribió la nota {excerpt}' },
  'note-added-bare': { en: 'began a note', es: 'empezó una nota' },
  'note-removed': { en: 'removed a note', es: 'quitó una nota' },
  'attachment-added': { en: 'attached {value}', es: 'adjuntó {value}' },
  'attachment-added-bare': { en: 'added a photo', es: 'añadió una foto' },
  'attachment-removed': { en: 'removed a photo', es: 'quitó una foto' },
  'child-added': { en: 'added an entry to {field}', es: 'añadió una entrada a {field}' },
  'child-removed': { en: 'removed an entry from {field}', es: 'quitó una entrada de {field}' },
  ticked: { en: 'ticked {text}', es: 'marcó {text}' },
  unticked: { en: 'unticked {text}', es: 'desmarcó {text}' },
  'note-edited': { en: 'edited a note: {excerpt}', es: 'editó una nota: {excerpt}' },
  'note-edited-bare': { en: 'edited a note', es: 'editó una nota' },
  'withdrawn-value': {
    en: 'set {field} to something that was withdrawn',
    es: 'cambió {field} a algo que se retiró',
  },
  'withdrawn-part': { en: 'changed something that was withdrawn', es: 'cambió algo que se retiró' },
  'withdrawn-tasks': { en: 'added a task that was withdrawn', es: 'añadió una tarea que se retiró' },
  'withdrawn-notes': { en: 'wrote a note that was withdrawn', es: 'escribió una nota que se retiró' },
  'withdrawn-attachments': {
    en: 'attached a file that was withdrawn',
    es: 'adjuntó un archivo que se retiró',
  },
  'withdrawn-tags': { en: 'added a tag that was withdrawn', es: 'añadió una etiqueta que se retiró' },
  labour: { en: 'booked {amount} minutes of labour', es: 'anotó {amount} minutos de trabajo' },
  'labour-back': { en: 'took back {amount} minutes of labour', es: 'descontó {amount} minutos de trabajo' },
  counted: { en: 'added {amount} to {field}', es: 'sumó {amount} a {field}' },
  'asked-close': { en: 'asked to close it', es: 'pidió cerrarlo' },
  'asked-reopen': { en: 'asked to reopen it', es: 'pidió reabrirlo' },
  withdrew: { en: 'withdrew the request', es: 'retiró la solicitud' },
  closed: { en: 'closed it under {audit}', es: 'lo cerró con el número {audit}' },
  'closed-bare': { en: 'closed it', es: 'lo cerró' },
  reopened: { en: 'reopened it', es: 'lo reabrió' },
  'refused-close': { en: 'refused to close it: {reason}', es: 'rechazó cerrarlo: {reason}' },
  'refused-close-bare': { en: 'refused to close it', es: 'rechazó cerrarlo' },
  'refused-reopen': { en: 'refused to reopen it: {reason}', es: 'rechazó reabrirlo: {reason}' },
  'refused-reopen-bare': { en: 'refused to reopen it', es: 'rechazó reabrirlo' },
  admitted: { en: 'admitted {name} as {role}', es: 'admitió a {name} como {role}' },
  'role-set': { en: 'made {name} {role}', es: 'cambió a {name} a {role}' },
  cut: { en: 'removed {name}: {reason}', es: 'excluyó a {name}: {reason}' },
  founded: { en: 'founded the site {name}', es: 'fundó el sitio {name}' },
  unknown: {
    en: 'made a change that only a newer version can read (code {code})',
    es: 'hizo un cambio que solo una versión más nueva sabe leer (código {code})',
  },
} as const
