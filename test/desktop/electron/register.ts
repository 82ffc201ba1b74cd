/** Loaded before the built program: `electron` leads to the stand-in, everything else where it always led. */
import { registerHooks } from 'node:module'

const STAND_IN = new URL('electron-stand-in.ts', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    return specifier === 'electron' ? { url: STAND_IN, shortCircuit: true } : next(specifier, context)
  },
})
