/** Spanish: the twin of every English text of the shell. */
import type { Word } from './en.ts'

export const es: Readonly<Record<Word, string>> = {
  about: 'Acerca de Tallydesk',
  'actual-size': 'Tamaño real',
  'close-window': 'Cerrar la ventana',
  copy: 'Copiar',
  cut: 'Cortar',
  desk: 'Mesa',
  edit: 'Edición',
  'full-screen': 'Pantalla completa',
  'gave-up-hint':
    'Sus datos están a salvo en su carpeta. Elija «{menu}» en el menú «Mesa» para intentarlo de nuevo. Si se repite, reinicie el equipo y conserve la carpeta para quien le ayude.',
  'gave-up-message': 'El programa de la mesa se detuvo {times} veces y no se volvió a iniciar.',
  help: 'Ayuda',
  hide: 'Ocultar',
  licence: 'Licencia',
  'open-data-folder': 'Abrir la carpeta de datos',
  paste: 'Pegar',
  quit: 'Salir de Tallydesk',
  redo: 'Rehacer',
  'refused-hint': '{hint} Después elija «{menu}» en el menú «Mesa».',
  reload: 'Recargar',
  'select-all': 'Seleccionar todo',
  'show-desk': 'Mostrar la mesa',
  'start-again': 'Iniciar de nuevo',
  starting: 'La mesa se está iniciando…',
  undo: 'Deshacer',
  view: 'Ver',
  window: 'Ventana',
  'zoom-in': 'Más grande',
  'zoom-out': 'Más pequeño',
}
