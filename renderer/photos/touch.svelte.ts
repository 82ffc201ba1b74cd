/** Whether this screen is used with fingers: such a device most often has a camera, and nothing to drag files from. */
import { MediaQuery } from 'svelte/reactivity'

export const hasFingers = new MediaQuery('pointer: coarse')
