/** Why a session ends. The codes are stable: they travel in a goodbye and are shown with an address that leads nowhere. */
const CLOSE_REASONS = [
  /** The peer was cut from the site; the detail is the reason of the cut. */
  'cut',
  /** The peer's key belongs to no member that this replica knows. */
  'not-member',
  'wrong-site',
  /** The peer speaks only versions above all that are spoken here: this device needs an upgrade. */
  'peer-newer',
  /** The peer speaks only versions below all that are spoken here: it needs an upgrade. */
  'peer-older',
  /** A device that reached itself. */
  'self',
  /** What came is no message, or not one that belongs here. */
  'malformed',
  /** The peer went on sending runs that no replica may store. */
  'refused',
  /** The peer sent more than the window allows. */
  'flow',
  /** Nothing was heard for too long. */
  'silent',
  /** Another link to the same peer stays. */
  'replaced',
  /** This device has links to enough others. */
  'full',
  /** The person switched this kind of link off. */
  'off',
  'stopping',
  /** The replica of the side that left could not store or read; its own log says why. */
  'fault',
  /** The transport ended without a word. */
  'lost',
] as const

export type CloseReason = (typeof CLOSE_REASONS)[number]

/** What a newer version says that this one has no word for is still a goodbye. */
export const parseCloseReason = (text: string): CloseReason =>
  CLOSE_REASONS.find((reason) => reason === text) ?? 'lost'
