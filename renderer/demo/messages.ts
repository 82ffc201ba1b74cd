/** The words of the demo bar: its switches and the line that says where to look next. */
import { catalogue, plural } from '../services/language.svelte.ts'

export const words = catalogue({
  en: {
    label: 'Demo warehouse',
    wan: 'WAN',
    wifi: (tablet: string) => `Wi-Fi of ${tablet}`,
    up: 'up',
    out: 'out',
    dismiss: 'Hide the hints',
    show: 'Show hints',
    coach: {
      arrivals: 'The shift is on: ticks and notes from the tablets arrive by themselves. Watch the Board.',
      conflicts: (n: number) =>
        plural('en', n, {
          one: 'Two people set one field differently without knowing. Settle it in Conflicts.',
          other: '{n} fields were set differently by two people. Settle them in Conflicts.',
        }),
      title: 'Two people named one job differently. Settle it in Conflicts.',
      cutWan: 'Settled, on every device. Now cut the WAN with its switch and see what goes on.',
      wanOut:
        'The internet is out and the work goes on. Open a job whose tasks are all ticked and ask to close it.',
      waiting: (n: number) =>
        plural('en', n, {
          one: 'A closing waits for headquarters. See why in Authority, then switch the WAN on again.',
          other: '{n} closings wait for headquarters. See why in Authority, then switch the WAN on again.',
        }),
      answering: (n: number) =>
        plural('en', n, {
          one: 'Headquarters is back: its answer comes in a moment.',
          other: 'Headquarters is back: its answers come in a moment.',
        }),
      answered: (audit: string) =>
        `Headquarters is back and closed it as ${audit}. Next, take a tablet off the Wi-Fi and bring it back.`,
      tabletOff: (tablet: string) =>
        `${tablet} is off the Wi-Fi and goes on working. Bring it back and watch its work arrive.`,
    },
  },
  es: {
    label: 'Almacén de muestra',
    wan: 'WAN',
    wifi: (tablet: string) => `Wi-Fi de ${tablet}`,
    up: 'activa',
    out: 'caída',
    dismiss: 'Ocultar las pistas',
    show: 'Mostrar pistas',
    coach: {
      arrivals: 'El turno está en marcha: marcas y notas de las tabletas llegan solas. Mire el Tablero.',
      conflicts: (n: number) =>
        plural('es', n, {
          one: 'Dos personas cambiaron un campo de forma distinta sin saberlo. Resuélvalo en Conflictos.',
          other: 'Dos personas cambiaron {n} campos de forma distinta. Resuélvalos en Conflictos.',
        }),
      title: 'Dos personas dieron nombres distintos a un trabajo. Resuélvalo en Conflictos.',
      cutWan: 'Resuelto, en todos los equipos. Ahora corte la WAN con su interruptor y vea qué sigue.',
      wanOut:
        'Internet está caído y el trabajo sigue. Abra un trabajo con todas las tareas marcadas y pida cerrarlo.',
      waiting: (n: number) =>
        plural('es', n, {
          one: 'Un cierre espera a la central. Vea por qué en Autoridad y vuelva a activar la WAN.',
          other: '{n} cierres esperan a la central. Vea por qué en Autoridad y vuelva a activar la WAN.',
        }),
      answering: (n: number) =>
        plural('es', n, {
          one: 'La central ha vuelto: su respuesta llega enseguida.',
          other: 'La central ha vuelto: sus respuestas llegan enseguida.',
        }),
      answered: (audit: string) =>
        `La central ha vuelto y lo cerró como ${audit}. Ahora saque una tableta de la Wi-Fi y hágala volver.`,
      tabletOff: (tablet: string) =>
        `${tablet} está fuera de la Wi-Fi y sigue trabajando. Hágala volver y vea llegar su trabajo.`,
    },
  },
})
