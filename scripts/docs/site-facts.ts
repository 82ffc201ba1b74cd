/** What is true of a site itself, and which effects say it: of no record, so no kind declares it. */
import type { ControlEffect } from '../../shared/op/effect.ts'
import type { FieldClass } from './field-tables.ts'

type SiteFact = {
  readonly fact: string
  readonly of: FieldClass
  readonly effects: readonly ControlEffect['type'][]
  readonly why: string
}

export const SITE_FACTS: readonly SiteFact[] = [
  {
    fact: 'the site, its name and its recovery key',
    of: 'authority',
    effects: ['genesis'],
    why: 'They stand in the first operation and never change.',
  },
  {
    fact: 'members and persons',
    of: 'authority',
    effects: ['admit'],
    why: 'Every signature is checked against this list, so one chain writes it; a desk admits technicians within the number of devices (`enrol`) that the authority gave it in advance, and the authority’s later word prevails.',
  },
  {
    fact: 'roles',
    of: 'authority',
    effects: ['setRole'],
    why: 'Who may do what must have one order on every device.',
  },
  {
    fact: 'devices cut',
    of: 'authority',
    effects: ['cut'],
    why: 'The cut names the last operation that stands, so that nothing written afterwards counts, however it is dated.',
  },
  {
    fact: 'zones',
    of: 'derived',
    effects: [],
    why: 'A zone is the word in a job’s zone field; there is no other list. Which token governs a closing is fixed by the zone that the job was made with.',
  },
  {
    fact: 'retention policy',
    of: 'authority',
    effects: ['policy'],
    why: 'It removes things, and two policies at once would remove different ones.',
  },
  {
    fact: 'version of the rules',
    of: 'authority',
    effects: ['ruleVersion'],
    why: 'Every replica must judge an operation by the same rules: by the highest version that the operation knows to be raised.',
  },
  {
    fact: 'requests',
    of: 'local',
    effects: ['request', 'withdraw'],
    why: 'Asking needs nobody: a request is added to those that are there, and waits in sight. Its answer is a decision.',
  },
  {
    fact: 'decisions',
    of: 'authority',
    effects: ['decide'],
    why: 'One question has one answer. A desk decides only what a token given to it in advance covers.',
  },
  {
    fact: 'sign-offs of an incident',
    of: 'authority',
    effects: ['sign'],
    why: 'Each person gives their own, on any device and offline; whether two persons’ stand is what the authority’s decision counts.',
  },
  {
    fact: 'rights that come into being or are taken back',
    of: 'authority',
    effects: ['mint', 'reclaim'],
    why: 'All shares together are what the authority made, so nothing is spent twice.',
  },
  {
    fact: 'rights that are passed on or used',
    of: 'right',
    effects: ['transfer', 'spend'],
    why: 'What a device holds is its own, with or without a network.',
  },
  {
    fact: 'who is the authority',
    of: 'authority',
    effects: ['handover'],
    why: 'By the authority itself or by the recovery key, which prevails.',
  },
]
