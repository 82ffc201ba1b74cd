/** Why an address that was found is not linked. The node sends a code; one that is not known here is shown as it is. */
import type { CloseReason } from '../../shared/sync/close.ts'
import { catalogue } from '../services/language.svelte.ts'

/** Beside the reasons of a goodbye: what can go wrong before there is a session. */
type Code = CloseReason | 'unreachable' | 'turned-away' | 'untried' | 'enough'

const reasons = catalogue({
  en: {
    cut: 'was removed from this site',
    'not-member': 'is not a member of this site',
    'wrong-site': 'belongs to another site',
    'peer-newer': 'speaks only a newer version: this device needs an upgrade',
    'peer-older': 'speaks only an older version: it needs an upgrade',
    self: 'is this device itself',
    malformed: 'sent something that cannot be read',
    refused: 'sent work that cannot be accepted',
    flow: 'sent more than was asked for',
    silent: 'went silent',
    replaced: 'is linked another way',
    full: 'has links to enough others',
    off: 'has its links switched off',
    fault: 'had a fault of its own',
    stopping: 'is being stopped',
    lost: 'was lost without a word',
    unreachable: 'does not answer',
    'turned-away': 'turned the call away',
    untried: 'was not called yet',
    enough: 'needs no link: this tablet has links to the tablets next to it',
  } satisfies Readonly<Record<Code, string>>,
  es: {
    cut: 'fue excluido de este sitio',
    'not-member': 'no es miembro de este sitio',
    'wrong-site': 'pertenece a otro sitio',
    'peer-newer': 'solo habla una versión más nueva: este equipo necesita una actualización',
    'peer-older': 'solo habla una versión anterior: necesita una actualización',
    self: 'es este mismo equipo',
    malformed: 'envió algo que no se puede leer',
    refused: 'envió trabajo que no se puede aceptar',
    flow: 'envió más de lo pedido',
    silent: 'dejó de hablar',
    replaced: 'está enlazado de otro modo',
    full: 'ya tiene enlaces suficientes',
    off: 'tiene los enlaces apagados',
    fault: 'tuvo un fallo propio',
    stopping: 'se está deteniendo',
    lost: 'se perdió sin aviso',
    unreachable: 'no responde',
    'turned-away': 'rechazó la llamada',
    untried: 'aún no se le ha llamado',
    enough: 'no necesita enlace: esta tableta ya está enlazada con las más próximas a ella',
  },
})

export function whyNotLinked(why: string): string {
  const known: Readonly<Record<string, string>> = reasons()
  return Object.hasOwn(known, why) ? (known[why] ?? why) : why
}
