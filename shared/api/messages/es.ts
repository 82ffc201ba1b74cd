/** Spanish: the same codes as `en.ts`, checked by its type. Keys are in alphabetical order. */
import type { Sentence } from './catalogue.ts'
import type { ErrorCode } from './en.ts'

export const es: Readonly<Record<ErrorCode, Sentence>> = {
  'address-in-use': {
    message: 'La dirección {address} ya está en uso.',
    hint: 'Detenga el programa que la usa o elija otro puerto; el puerto 0 toma uno libre.',
  },
  'against-the-rules': {
    message: 'Esto no puede hacerse: {reason}',
    hint: 'Mire el registro y quién tiene qué, e inténtelo de nuevo.',
  },
  'already-authority': {
    message: 'Este dispositivo ya es la autoridad del sitio.',
    hint: 'No hay nada que traspasar.',
  },
  'already-closed': {
    message: 'Este registro ya está cerrado.',
    hint: 'Si debe cambiar, pida primero su reapertura.',
  },
  'already-open': {
    message: 'Este registro está abierto.',
    hint: 'Solo se puede reabrir lo que está cerrado.',
  },
  'already-requested': {
    message: 'Ya hay una solicitud de esto en espera.',
    hint: 'Espere la respuesta o retírela primero.',
  },
  'archive-damaged': {
    message: 'El archivo {file} no está como se escribió: {what}.',
    hint: 'No se muestra nada de él. Tome otra copia, o escríbalo de nuevo en un dispositivo del sitio.',
  },
  'authority-itself': {
    message: 'La autoridad no puede ser excluida, cambiada de rol ni privada de sus derechos.',
    hint: 'Traspase antes su papel: Dispositivos, Traspasar.',
  },
  'backup-busy': {
    message: 'Ya se está escribiendo una copia de seguridad.',
    hint: 'Espere a que termine.',
  },
  'backup-damaged': {
    message: 'La copia de seguridad de {folder} no está completa: {what}.',
    hint: 'No se restauró nada. Use otra copia, o únase de nuevo al sitio con un código.',
  },
  'backup-inside': {
    message: 'La carpeta {folder} está dentro de la carpeta de datos.',
    hint: 'Elija una carpeta en otro disco: una copia junto a lo que guarda se pierde con ello.',
  },
  'backup-of-another': {
    message: 'La carpeta {folder} contiene la copia de otro dispositivo, {name}.',
    hint: 'Elija una carpeta propia para cada dispositivo.',
  },
  'bad-csv': {
    message: 'El archivo no se puede leer como CSV: {reason}.',
    hint: 'Guárdelo como CSV en UTF-8 con una línea de encabezado e impórtelo de nuevo.',
  },
  'bad-field': {
    message: 'Un registro de tipo {kind} no tiene un campo "{field}" que se pueda cambiar así.',
    hint: 'Vea la tabla de campos en docs/commands.md.',
  },
  'bad-input': {
    message: 'La entrada de {command} no es válida: {path}: {reason}.',
    hint: 'Vea en docs/commands.md qué acepta {command}.',
  },
  'bad-item': {
    message: 'El elemento {item} del paquete no se puede asumir: {reason}',
    hint: 'Déjelo fuera o descártelo; los demás se pueden asumir sin él.',
  },
  'bad-json': {
    message: 'La entrada no es JSON válido: {reason}.',
    hint: 'En la terminal, ponga todo el JSON entre comillas simples.',
  },
  'bad-pairing-code': {
    message: 'Esto no es un código de vinculación.',
    hint: 'Copie el código completo, de la primera a la última letra.',
  },
  'bad-parcel': {
    message: 'Esto no es un paquete que se pueda entregar aquí: {reason}.',
    hint: 'Elija un archivo que «parcel.save» escribió en un dispositivo de este sitio.',
  },
  'bad-recovery-key': {
    message: 'Esta no es la clave de recuperación de este sitio.',
    hint: 'Copie la clave completa que «tallydesk init» mostró una sola vez para este mismo sitio.',
  },
  'bad-utf8': { message: 'El texto no es UTF-8 válido.', hint: 'Guárdelo como UTF-8 e inténtelo de nuevo.' },
  'bad-value': {
    message: 'El valor no sirve para el campo "{field}": {reason}.',
    hint: 'Vea la tabla de campos en docs/commands.md.',
  },
  'cannot-close': {
    message: 'Este tipo de registro ({kind}) no se cierra.',
    hint: 'Solo se cierran trabajos, casos e incidentes.',
  },
  'cannot-sign': {
    message: 'Este tipo de registro ({kind}) no se firma.',
    hint: 'Solo se firman los incidentes.',
  },
  'connection-lost': {
    message: 'Se perdió la conexión con el nodo antes de que respondiera.',
    hint: 'El escritorio se reconecta solo. Mire si el cambio está antes de repetirlo.',
  },
  'control-unreachable': {
    message: 'El nodo en marcha no responde en {address}.',
    hint: 'Espere un momento e inténtelo de nuevo; si sigue igual, detenga el nodo (proceso {pid}) y arránquelo otra vez.',
  },
  'data-folder-in-use': {
    message: 'El proceso {pid} está usando la carpeta de datos.',
    hint: 'Use el nodo que está en marcha o detenga antes el proceso {pid}.',
  },
  'data-folder-newer': {
    message:
      'La carpeta de datos la escribió una versión más nueva (esquema {found}; esta versión conoce {known}).',
    hint: 'Instale la versión más nueva. No se cambió nada.',
  },
  'data-folder-not-durable': {
    message: 'El disco de la carpeta de datos no garantiza que lo guardado quede guardado ({reason}).',
    hint: 'Mueva la carpeta de datos a un disco local.',
  },
  'data-folder-taken': {
    message: 'La carpeta de datos ya contiene el sitio "{site}".',
    hint: 'Elija una carpeta vacía para un sitio nuevo o arranque este.',
  },
  'data-folder-unreadable': {
    message: 'La carpeta no se puede leer o escribir: {reason}.',
    hint: 'Compruebe que la carpeta existe, que no es de solo lectura y que el disco no está lleno.',
  },
  'database-damaged': {
    message: 'La base de datos está dañada: {reason}.',
    hint: 'Detenga el programa y ejecute tallydesk doctor --repair: se conserva lo que se pueda leer, y el resto viene de los demás dispositivos.',
  },
  'database-lost': {
    message: 'No se puede leer nada de la base de datos de {folder}.',
    hint: 'La carpeta quedó como está. Restaure una copia de seguridad en una carpeta nueva, o únase allí al sitio con un código.',
  },
  'demo-failed': {
    message: 'No se pudo arrancar el almacén de demostración: {reason}.',
    hint: 'Cierre las otras copias de Tallydesk e inténtelo de nuevo.',
  },
  'device-cut': {
    message: '{name} fue excluido del sitio: {why}',
    hint: 'Elija otro dispositivo.',
  },
  'device-halted': {
    message:
      'Este dispositivo ya no escribe ({cause}): sus datos no son todo lo que escribió, o también se usan en otra parte.',
    hint: 'Pida un nuevo código de vinculación y únase otra vez con la misma carpeta de datos. Lo que no se había enviado se entrega para revisión.',
  },
  'disk-full': {
    message: 'El disco está lleno; no se guardó nada.',
    hint: 'Libere espacio e inténtelo de nuevo.',
  },
  'file-exists': {
    message: 'Ya existe un archivo en {file}; se dejó como está.',
    hint: 'Elija otro nombre o mueva ese archivo.',
  },
  'file-unreadable': {
    message: 'No se puede leer el archivo {file}: {reason}.',
    hint: 'Compruebe su nombre y que puede leerlo.',
  },
  'folder-not-empty': {
    message: 'La carpeta {folder} no está vacía.',
    hint: 'Elija una carpeta vacía o nueva. No se cambió nada.',
  },
  frozen: {
    message: 'El registro está cerrado, así que "{field}" no puede cambiar.',
    hint: 'Las notas siguen abiertas. Para cambiar algo más, pida la reapertura.',
  },
  'history-not-final': {
    message:
      'Parte de la historia que este dispositivo ya no guarda no está bajo ningún punto de control de la autoridad actual.',
    hint: 'Inténtelo de nuevo cuando la autoridad haya publicado su próximo punto de control.',
  },
  'holds-nothing': {
    message: 'Este dispositivo no tiene nada de este derecho.',
    hint: 'Vea quién lo tiene en Autoridad, Derechos.',
  },
  internal: {
    message: 'Ocurrió algo que nunca debería ocurrir: {reason}.',
    hint: 'No se guardó nada. Informe de esto y adjunte el registro del nodo.',
  },
  'item-settled': {
    message: 'El elemento {item} del paquete ya se asumió o se descartó.',
    hint: 'Mire el paquete otra vez y elija entre lo que sigue abierto.',
  },
  'log-newer': {
    message: 'El registro de esta carpeta lo leyó una versión más nueva, que conoce más de él que esta.',
    hint: 'Instale la versión más nueva. No se cambió nada.',
  },
  'needs-upgrade': {
    message:
      'Este programa es demasiado antiguo para escribir aquí: el sitio sigue la versión {rules} de sus reglas, y este programa conoce la versión {known}.',
    hint: 'Instale en este equipo la versión más nueva de Tallydesk. Lo que está aquí se queda, y se sigue pasando a los demás.',
  },
  'network-off': {
    message: 'Este enlace está desactivado en este dispositivo.',
    hint: 'Actívelo primero.',
  },
  'no-site': {
    message: 'La carpeta de datos todavía no contiene ningún sitio.',
    hint: 'Cree uno con "tallydesk init" o únase a uno con "tallydesk join".',
  },
  'no-such-conflict': {
    message: 'Ya no hay ningún conflicto en "{field}".',
    hint: 'Alguien lo resolvió. Mire la lista de nuevo.',
  },
  'not-adoptable': {
    message: 'Este cambio no puede adoptarse: {why}',
    hint: 'Descártelo, y haga el cambio de nuevo si aún hace falta.',
  },
  'not-authority': {
    message: 'Solo la autoridad del sitio puede hacer esto.',
    hint: 'Hágalo en el dispositivo que tiene la autoridad.',
  },
  'not-connected': {
    message: 'El escritorio no está conectado a su nodo; no se envió nada.',
    hint: 'Se reconecta solo. Inténtelo de nuevo en un momento.',
  },
  'not-enough': {
    message: 'Este dispositivo tiene {left} de {right}; no es suficiente.',
    hint: 'Pida más a la autoridad, o tome menos.',
  },
  'not-found': {
    message: 'No existe {what} "{id}".',
    hint: 'Compruebe el identificador; puede que aún no haya llegado aquí.',
  },
  'not-in-review': {
    message: 'Este cambio no está en revisión: cuenta.',
    hint: 'No hay nada que hacer.',
  },
  'not-member': {
    message: 'Este dispositivo no es (o ya no es) miembro del sitio.',
    hint: 'Pida un nuevo código de vinculación.',
  },
  'not-only-device': {
    message: 'El sitio tiene otros {count} dispositivos.',
    hint: 'Restaure sin esta opción: el dispositivo se une de nuevo con un código y así no contradice lo que los demás saben.',
  },
  'not-permitted': {
    message: 'El rol {role} no puede hacer esto.',
    hint: 'Pídaselo a un supervisor.',
  },
  'not-revocable': {
    message: 'Esto no es un valor que pueda revocarse.',
    hint: 'Indique el punto de un valor tal como lo muestra el registro; una nota se revoca por su creación.',
  },
  'not-running': {
    message: 'No hay ningún nodo en marcha con esta carpeta de datos.',
    hint: 'Arranque uno con "tallydesk run" e inténtelo de nuevo.',
  },
  'not-synced': {
    message: 'Este dispositivo fue admitido, pero el sitio no le llegó en {seconds} s.',
    hint: 'Arránquelo con "tallydesk run": seguirá en cuanto alcance al otro dispositivo.',
  },
  'nothing-new': {
    message: 'Aquí no hay nada que el último punto de control no contenga.',
    hint: 'Publique el siguiente cuando algo haya cambiado.',
  },
  'pairing-expired': {
    message: 'El código de vinculación ha caducado.',
    hint: 'Un código dura diez minutos. Pida uno nuevo.',
  },
  'pairing-refused': {
    message: 'El código de vinculación no fue aceptado.',
    hint: 'Compruebe cada letra; tras cinco intentos fallidos hace falta un código nuevo.',
  },
  'pairing-unreachable': {
    message: 'El dispositivo que invita no responde en {address}.',
    hint: 'Ambos dispositivos deben estar en la misma red y el nodo que invita debe estar en marcha.',
  },
  'pairing-used': {
    message: 'El código de vinculación ya se usó.',
    hint: 'Un código admite un solo dispositivo. Pida uno nuevo.',
  },
  'parcel-known': {
    message: 'Este paquete ya se entregó antes.',
    hint: 'Búsquelo en la revisión.',
  },
  'request-settled': {
    message: 'Esta solicitud ya no está en espera.',
    hint: 'Busque su respuesta en la lista de solicitudes.',
  },
  'restore-unfinished': {
    message: 'Se estaba restaurando una copia en {folder} y se interrumpió.',
    hint: 'Restáurela de nuevo en la misma carpeta.',
  },
  'rules-not-higher': {
    message: 'El sitio ya sigue la versión {version} de sus reglas.',
    hint: 'La versión de las reglas solo se sube.',
  },
  'rules-unknown': {
    message: 'Este programa conoce las reglas hasta la versión {known}, y no la versión {version}.',
    hint: 'Instale primero la versión más nueva en este equipo; después suba las reglas.',
  },
  'setup-busy': {
    message: 'Este dispositivo ya se está configurando.',
    hint: 'Espere a que termine.',
  },
  'sign-offs-missing': {
    message: 'Antes deben firmarlo más personas: faltan {missing}.',
    hint: 'Cada una firma en un dispositivo propio, después del último cambio.',
  },
  'site-mismatch': {
    message: 'Ese dispositivo pertenece a otro sitio.',
    hint: 'Los dispositivos de sitios distintos no comparten nada. Compruebe la dirección.',
  },
  'stale-choice': {
    message: 'El valor elegido para "{field}" ya no está.',
    hint: 'Mire el conflicto de nuevo y vuelva a elegir. No se cambió nada.',
  },
  'storage-failed': {
    message: 'El disco falla: {reason}. No se guardó nada.',
    hint: 'Lo guardado antes todavía se puede leer. Revise el disco y sus cables; haga una copia en otro.',
  },
  timeout: { message: 'No hubo respuesta en {seconds} s.', hint: 'Inténtelo de nuevo.' },
  'token-elsewhere': {
    message: 'Este dispositivo no puede decidir en la zona de este registro.',
    hint: 'Decide la autoridad, o el dispositivo que tiene el derecho de la zona.',
  },
  'token-out': {
    message: 'La decisión en esta zona está cedida a otro dispositivo.',
    hint: 'Recupere antes el derecho, o deje que decida ese dispositivo.',
  },
  'token-passed': {
    message: 'El derecho a decidir solo pasa entre la autoridad y un dispositivo.',
    hint: 'Devuélvalo a la autoridad, que lo cede al siguiente.',
  },
  'too-large': {
    message: 'La entrada es demasiado grande ({size} bytes; como máximo {limit}).',
    hint: 'Divídala en partes más pequeñas.',
  },
  'too-many': {
    message: 'Hay demasiados elementos de este tipo: {what} (como máximo {limit}).',
    hint: 'Libere primero algunos.',
  },
  'too-many-branches': {
    message: 'Los dispositivos copiados han dejado aquí más ramas de las que un cambio puede nombrar.',
    hint: 'Haga antes otra cosa en la autoridad, como cambiar un trabajo; cada cambio nombra más ramas. Luego publique de nuevo.',
  },
  unauthorised: {
    message: 'Falta la clave de control o no es correcta.',
    hint: 'Abra el escritorio desde la línea que mostró "tallydesk run" o "npm start".',
  },
  'unknown-command': { message: 'No existe el comando "{name}".', hint: 'Vea docs/commands.md.' },
  'unknown-query': { message: 'No existe la consulta "{name}".', hint: 'Vea docs/commands.md.' },
  'unknown-right': {
    message: 'No hay ningún derecho llamado «{right}».',
    hint: 'Los derechos son job-number, audit-number, enrol, stock:ITEM y decide:close:ZONE.',
  },
  usage: { message: '{reason}', hint: 'Añada --help para ver cómo se usa.' },
}
