/** Spanish: the same keys as `en.ts`, checked by its type. */
import type { CliMessage } from './en.ts'

export const es: Readonly<Record<CliMessage, string>> = {
  program: 'El escritorio de trabajos de un almacén que sigue funcionando sin internet.',
  version: 'muestra la versión',
  help: 'muestra cómo se usa',
  helpCommand: 'muestra cómo se usa un comando',
  usageTitle: 'Uso:',
  argumentsTitle: 'Argumentos:',
  optionsTitle: 'Opciones:',
  commandsTitle: 'Comandos:',
  missingArgument: 'Falta el argumento {what}.',
  missingOption: 'Falta la opción {what}.',
  missingValue: 'La opción {what} necesita un valor.',
  unknownOption: 'No existe la opción {what}.',
  unknownCommand: 'No existe el comando {what}.',
  excessArguments: 'Hay más argumentos de los que acepta.',
  badValue: 'El valor de {what} no es uno de los que acepta.',
  badAddress: '{what} debe ser HOST:PUERTO.',
  badBytes: '{what} debe ser un número de bytes.',
  badHistory: '--history debe ser un número de días mayor que 0 y hasta {most}, o «forever».',
  notLoopback: 'La dirección de control debe ser local (loopback), como 127.0.0.1:0.',

  data: 'la carpeta de datos del dispositivo',
  json: 'escribe JSON',
  name: 'cómo se llama este dispositivo',

  init: 'crea un sitio nuevo; este dispositivo será su autoridad. Escribe {"site", "actor", "recovery"}; guarde la clave de recuperación fuera de línea, solo se muestra una vez',
  site: 'cómo se llama el sitio',

  invite:
    'crea un código de vinculación de un solo uso, válido diez minutos. Escribe {"code", …}. Necesita un nodo en marcha',
  role: 'qué podrá hacer el dispositivo nuevo: technician, supervisor o edge',
  inviteName: 'para quién o para qué dispositivo es el código',

  join: 'se une a un sitio con un código de vinculación; el nodo que invita debe estar al alcance. Un dispositivo que ya no puede escribir, o que fue excluido, se une de nuevo y entrega su trabajo sin enviar. Escribe {"site", "actor", "role"}',
  code: 'el código de vinculación',

  run: 'ejecuta el nodo de una carpeta de datos hasta que se detenga. Escribe una línea JSON cuando está listo',
  listen: 'dónde se espera a los demás dispositivos; el puerto 0 toma uno libre',
  control: 'dónde se espera al escritorio y a esta línea de comandos, en loopback',
  peer: 'una dirección a la que llamar, además de las que se encuentren; se puede dar varias veces',
  hq: 'la dirección de la central; los enlaces con ella cuentan como WAN',
  noMdns: 'no anuncia ni busca dispositivos en la red local',
  photosQuota: 'cuánto guarda una tableta de las fotos que otros tienen (4 GiB)',
  history:
    'cuántos días se puede leer aún en la actividad de este equipo lo que es definitivo, o «forever», sin límite (90)',
  interface:
    'anuncia y busca solo en esta interfaz (un nombre o una dirección IPv4); se puede dar varias veces',
  decide: 'quién responde a las solicitudes de cierre en la autoridad: su política o una persona (manual)',

  do: 'ejecuta un comando. Escribe {"op", …} o {"error": {"code", "message", "hint"}}',
  doCommand: 'por ejemplo job.create; vea docs/commands.md',
  doInput: 'su entrada en JSON; - la lee de la entrada estándar',

  query: 'hace una consulta. Escribe la respuesta en JSON',
  queryName: 'por ejemplo board; vea docs/commands.md',

  import: 'importa órdenes de trabajo. Informa de cada fila ilegible con su línea; nada se importa dos veces',
  importFile:
    'un archivo CSV en UTF-8 con las columnas work_order y title, y cualquiera de activity, equipment, symptom, zone, assignee, priority; - lee la entrada estándar',
  source: 'el nombre del sistema de origen: la misma clave del mismo origen es el mismo trabajo',
  importDone:
    'Importadas {imported}; ya estaban {known}; distintas aquí y sin tocar {changed}; ilegibles {failed}.',
  importFailed: '  línea {line}: {reason}  {text}',
  importChanged: '  línea {line}: {key} difiere en {fields}',

  status: 'muestra cómo está este dispositivo',
  statusDevice: '{name} ({role}) en {site}',
  statusLink: 'WAN {wan}, LAN {lan}, dispositivos enlazados {linked}',
  statusOutbox:
    'Sin compartir: {outbox}. En espera de la autoridad: {waiting}. Conflictos: {conflicts}. En revisión: {review}.',
  statusUpgrade:
    'Este dispositivo necesita una actualización: el sitio sigue la versión {site} de sus reglas, y este programa conoce la versión {known}.',
  statusUnknown: 'No se oye a nadie desde {since}: no se sabe qué tienen los demás.',
  statusHeard: 'La autoridad se oyó por última vez {heard}.',
  statusNeverHeard: 'Todavía no se ha oído a la autoridad.',
  statusNoCheckpoint: 'Todavía sin punto de control: nada es definitivo.',
  statusCheckpoint:
    'Último punto de control {wall}: definitivas {ops}, aún no definitivas {beyond}; {check}.',
  checkpointAgreed: 'este dispositivo obtiene el mismo estado',
  checkpointDiffers: 'ESTE DISPOSITIVO OBTIENE OTRO ESTADO',
  checkpointOpen: 'aún sin comparar aquí',
  statusAlarm:
    'ALARMA: el estado aquí no es el que publicó la autoridad en {op}. Ejecute "tallydesk doctor" en ambos dispositivos.',
  statusSnapshot: 'Instantánea del punto de control de {wall}, {bytes} bytes: {where}.',
  snapshotHere: 'está en este dispositivo',
  snapshotElsewhere: 'no está en este dispositivo',
  statusHistory:
    'Lo definitivo se puede leer en la actividad durante {days} días; cambios que ya no se guardan aquí: {cleared}.',
  statusHistoryForGood:
    'Lo definitivo se puede leer en la actividad sin límite; cambios que ya no se guardan aquí: {cleared}.',
  beginsComing:
    'Los demás ya no guardan lo que le falta a este dispositivo. Se pone al día con una instantánea: {done} de {size} bytes.',
  beginsReading:
    'Los demás ya no guardan lo que le falta a este dispositivo. Se pone al día con una instantánea, que está leyendo ahora.',
  beginsNobody:
    'Los demás ya no guardan lo que le falta a este dispositivo, y nadie enlazado tiene una instantánea de la que partir. Haga que se encuentre con un puesto o con la autoridad.',
  beginsUnusable:
    'Los demás ya no guardan lo que le falta a este dispositivo, y la instantánea que tienen no sirve aquí. Haga que se encuentre con la autoridad; su registro dice por qué.',
  linkUp: 'en marcha',
  linkDown: 'caída',
  linkConnecting: 'conectando',
  linkOff: 'desactivada',
  linkNone: 'sin configurar',
  linkSelf: 'no hace falta: este dispositivo es la autoridad',
  linkAlone: 'nadie al alcance',

  doctor:
    'comprueba la base de datos, cada cadena y todo lo que se deriva de ella, los adjuntos y el testigo, e informa de cualquier diferencia; sin --repair no cambia nada',
  doctorRepair:
    'mientras no haya un nodo en marcha: rehace lo dañado y aparta el archivo dañado. No se borra nada que se pueda leer',
  doctorDone:
    'Comprobadas {ops} operaciones en {records} registros y {attachments} adjuntos; diferencias: {findings}.',
  foundFile: 'el archivo de la base de datos: {detail}',
  foundChain: 'el registro de operaciones: {detail}',
  foundBytes: 'la operación {detail} no está como se escribió',
  foundSignature: 'la operación {detail} no está firmada por su autor',
  foundControl:
    'lo que se guarda de miembros, solicitudes y derechos no es lo que dice el registro de operaciones: {detail}',
  foundContext: 'lo que la operación {detail} había visto no es lo que ella dice',
  foundBase: 'lo que queda de la historia que ya no se guarda no está como estaba: {detail}',
  foundHash: 'el hash del registro {detail} no es el que tiene',
  foundTable: 'lo que se muestra no es lo que dice el registro de operaciones: {detail}',
  foundJudgement: 'la operación {detail} está juzgada de otro modo que el debido',
  foundCheckpoint: 'el punto de control {detail} declara otro hash que el de este dispositivo en su lugar',
  foundAttachment: 'el adjunto {detail} no está como se tomó; --repair lo trae de otro dispositivo',
  foundWitness: 'el testigo: {detail}',
  repairedNothing: 'Todo está bien: {ops} operaciones.',
  repairedViews: 'Rehecho lo que se mostraba de otro modo: {ops} operaciones.',
  repairedDatabase:
    'Creada una base de datos nueva con las {ops} operaciones que aún se verifican; lugares ilegibles: {lost}. Los demás dispositivos envían lo que falta.',
  repairedAside: 'El archivo dañado se conserva como {aside}.',
  repairedAttachments: 'Apartados {attachments} adjuntos dañados; vienen de otro dispositivo.',
  repairedMissing:
    'Faltan {missing} operaciones de este dispositivo. Vuelve a escribir cuando otro se las devuelva; si nadie las tiene, únalo de nuevo con un código.',
  repairedRejoin:
    'No se puede saber cuánto de su propio trabajo perdió este dispositivo: ejecútelo donde alcance a otro y únalo de nuevo con un código.',

  demo: 'muestra un almacén entero trabajando en este equipo. Imprime una línea JSON cuando está listo; "desk" lo abre en un navegador',
  demoTablets: 'cuántas tabletas trabajan en él, de 2 a 6',

  backup:
    'escribe una copia de seguridad de este dispositivo en una carpeta, también mientras su nodo está en marcha: base de datos, claves y los bytes de los adjuntos que aún no están en ella',
  backupFolder: 'la carpeta: nueva o vacía, o la que contiene la última copia de este dispositivo',
  backupDone:
    'Se escribieron {ops} operaciones y {blobs} adjuntos ({copied} nuevos) en {folder}, {bytes} bytes en total.',
  backupSecret: 'Contiene las claves de este dispositivo: guárdela tan bien como el dispositivo.',
  backupDamaged: 'Omitidos por estar dañados en este disco: {damaged} adjuntos. Vea tallydesk doctor.',

  restore:
    'convierte una copia de seguridad en una carpeta de datos, después de comprobarla entera. El dispositivo se une de nuevo con un código antes de escribir',
  restoreBackup: 'la carpeta de la copia de seguridad',
  restoreData: 'la carpeta de datos que se crea: nueva o vacía',
  onlyDevice:
    'el sitio nunca tuvo otro dispositivo, tampoco después de la copia: entonces sigue escribiendo como estaba',
  restoreDone: 'Restaurado {name} tal como estaba el {made}: {ops} operaciones y {blobs} adjuntos.',
  restoreRejoin:
    'Ejecútelo donde alcance a otro dispositivo, para que se ponga al día; después únalo de nuevo: tallydesk join CODE --data {data} --name NOMBRE. Lo que solo estaba en él se entrega para su revisión.',
  restoreWrites: 'Sigue como estaba: ejecútelo con --data {data}.',

  export:
    'escribe el sitio entero en un archivo nuevo: cada operación con sus firmas y los adjuntos que están aquí, para una auditoría o para guardarlo; con --csv sus trabajos como tabla',
  exportFile: 'el archivo que se escribe; no debe existir',
  exportCsv: 'los trabajos con sus números de auditoría en CSV, uno por línea',
  exportDone:
    'Se escribieron {ops} operaciones y {attachments} adjuntos en {file}, {bytes} bytes. Estado {state_hash}.',
  exportCsvDone: 'Se escribieron {jobs} trabajos en {file}.',

  audit:
    'abre un archivo escrito por export sin cambiar nada: comprueba cada cadena y cada firma, reconstruye el estado y lo compara con el firmado',
  auditFile: 'el archivo',
  auditQuery: "le hace una consulta, como: --query board '{}'",
  auditDone:
    '{file} está completo: {site_name}, {ops} operaciones de {members} miembros, {attachments} adjuntos; escrito por {name} el {made}.',
  auditState: 'Estado {hash}, reconstruido a partir de las operaciones, tal como se firmó.',
  auditSince: 'Empieza con el estado del {since}: la historia anterior no está en él.',

  recover:
    'convierte este dispositivo en la autoridad de su sitio con la clave de recuperación, cuando se ha perdido la autoridad. Con --json escribe {"op", "actor", "before"}',
  recoverKey: 'la clave de recuperación que mostró init; con - se lee de la entrada estándar',
  recoverDone:
    'Este dispositivo es ahora la autoridad de su sitio; los demás lo sabrán en cuanto les llegue la noticia.',
  recoverRest: 'Lo que la autoridad perdida había dicho y nunca llegó a este dispositivo ya no cuenta.',
  recoverOld:
    'Si aparece el dispositivo perdido, únalo de nuevo con un código de vinculación. Conserve la clave de recuperación.',
}
