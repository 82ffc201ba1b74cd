/** Words of the shared parts. */
import { catalogue } from '../services/language.svelte.ts'

export const uiWords = catalogue({
  en: {
    close: 'Close',
    any: 'Any',
    clear: 'Clear',
    retry: 'Try again',
    dismiss: 'Dismiss',
    loading: 'Loading…',
    notifications: 'Notifications',
    copy: 'Copy',
    copied: 'Copied',
    copyFailed: 'It is selected: copy it by hand.',
  },
  es: {
    close: 'Cerrar',
    any: 'Cualquiera',
    clear: 'Quitar',
    retry: 'Reintentar',
    dismiss: 'Descartar',
    loading: 'Cargando…',
    notifications: 'Avisos',
    copy: 'Copiar',
    copied: 'Copiado',
    copyFailed: 'Está seleccionado: cópielo a mano.',
  },
})
