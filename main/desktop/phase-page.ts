/** Which address the window shows for each phase of the node's process. */
import { sentence, type Language } from '../../shared/api/messages/catalogue.ts'
import { speaker } from './messages/catalogue.ts'
import type { Phase } from './node-supervisor.ts'
import { plainPage } from './plain-page.ts'

/** Null: whatever is shown stays. A page whose node went away says so itself, and keeps what is typed in it. */
export function phasePage(phase: Phase, language: Language): string | null {
  const speak = speaker(language)
  const menu = speak('start-again')
  switch (phase.name) {
    case 'running':
      return `http://${phase.control.address}/#token=${encodeURIComponent(phase.control.token)}`
    case 'gave-up': {
      const words = {
        title: speak('gave-up-message', { times: phase.times }),
        text: speak('gave-up-hint', { menu }),
      }
      return plainPage(language, words)
    }
    case 'refused': {
      const { message, hint } = sentence(language, phase.refusal.code, phase.refusal.params)
      return plainPage(language, { title: message, text: speak('refused-hint', { hint, menu }) })
    }
    case 'starting':
    case 'pausing':
    case 'stopped':
      return null
  }
}

export function startingPage(language: Language): string {
  return plainPage(language, { title: speaker(language)('starting'), text: '' })
}
