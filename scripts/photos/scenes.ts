/** What the demo's people photograph: a stacked pallet, oil from a drum, a torn seal, a worn roller, a full shelf. */
import type { Paint, Scene, Solid, Vec } from './trace.ts'

const mix = (a: Vec, b: Vec, share: number): Vec => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
]

/** Noise from 0 to 1, smooth, the same each time. */
function noise(x: number, y: number): number {
  const cell = (i: number, k: number): number => {
    const n = Math.sin(i * 127.1 + k * 311.7) * 43758.5453
    return n - Math.floor(n)
  }
  const [i, k] = [Math.floor(x), Math.floor(y)]
  const ease = (t: number): number => t * t * (3 - 2 * t)
  const [u, v] = [ease(x - i), ease(y - k)]
  const low = cell(i, k) * (1 - u) + cell(i + 1, k) * u
  const high = cell(i, k + 1) * (1 - u) + cell(i + 1, k + 1) * u
  return low * (1 - v) + high * v
}

const clouds = (x: number, y: number): number =>
  noise(x, y) * 0.5 + noise(x * 2.1, y * 2.1) * 0.3 + noise(x * 4.7, y * 4.7) * 0.2

/** Along a surface, whichever way it faces. */
const across = (at: Vec, normal: Vec): [number, number] =>
  Math.abs(normal[1]) > 0.5 ? [at[0], at[2]] : Math.abs(normal[0]) > 0.5 ? [at[2], at[1]] : [at[0], at[1]]

const concrete: Paint = (at) => {
  const worn = clouds(at[0] * 1.3, at[2] * 1.3)
  const grit = noise(at[0] * 60, at[2] * 60) * 0.06
  const joint = Math.abs(((at[0] + 50.4) % 2.4) - 1.2) > 1.188 ? 0.45 : 1
  const tone = (0.3 + worn * 0.2 + grit) * joint
  return { colour: [tone, tone * 0.98, tone * 0.94], gloss: 0.03 }
}

/** With a yellow line along the aisle. */
const aisle =
  (from: number, wide: number, under: Paint = concrete): Paint =>
  (at, normal) => {
    const isLine = at[0] > from && at[0] < from + wide && clouds(at[0] * 9, at[2] * 9) < 0.68
    return isLine ? { colour: [0.72, 0.52, 0.06] } : under(at, normal)
  }

const puddle =
  (x: number, z: number, size: number, under: Paint): Paint =>
  (at, normal) => {
    const far =
      Math.hypot(at[0] - x, (at[2] - z) * 1.35) + (clouds(at[0] * 2.2, at[2] * 2.2) - 0.5) * size * 0.9
    if (far > size) return under(at, normal)
    return { colour: [0.035, 0.026, 0.018], gloss: far > size * 0.94 ? 0.1 : 0.34 }
  }

const wood: Paint = (at, normal) => {
  const [u, v] = across(at, normal)
  const grain = noise(u * 3 + at[1] * 5, v * 46) * 0.5 + clouds(u * 2, v * 9) * 0.5
  return { colour: mix([0.28, 0.17, 0.08], [0.52, 0.36, 0.19], grain) }
}

/** Carton with its tape and a label on the side that faces the camera. */
const carton =
  (low: Vec, high: Vec, tone = 1): Paint =>
  (at, normal) => {
    const board = 0.86 + clouds(at[0] * 6 + at[2] * 4, at[1] * 9) * 0.2
    const plain: Vec = [0.5 * board * tone, 0.34 * board * tone, 0.19 * board * tone]
    const middle = (low[0] + high[0]) / 2
    if (normal[1] > 0.5)
      return { colour: Math.abs(at[0] - middle) < 0.04 ? mix(plain, [0.7, 0.6, 0.42], 0.7) : plain }
    const [u, v] = across(at, normal)
    const [first, last] = Math.abs(normal[0]) > 0.5 ? [low[2], high[2]] : [low[0], high[0]]
    const [x, y] = [(u - first) / (last - first), (v - low[1]) / (high[1] - low[1])]
    if (x > 0.58 && x < 0.9 && y > 0.42 && y < 0.82)
      return { colour: label((x - 0.58) / 0.32, (y - 0.42) / 0.4) }
    return { colour: Math.abs(x - 0.5) < 0.04 && y > 0.78 ? mix(plain, [0.7, 0.6, 0.42], 0.7) : plain }
  }

/** White paper with a bar code and lines of print. */
function label(x: number, y: number): Vec {
  const isBars = y < 0.45 && y > 0.1 && x > 0.1 && x < 0.9 && noise(x * 70, 3) > 0.5
  const isPrint =
    y > 0.55 &&
    y < 0.9 &&
    Math.floor(y * 16) % 2 === 0 &&
    x > 0.1 &&
    x < 0.3 + noise(Math.floor(y * 16), 7) * 0.6
  return isBars || isPrint ? [0.06, 0.06, 0.07] : [0.78, 0.77, 0.73]
}

const painted =
  (colour: Vec, gloss = 0.05): Paint =>
  (at) => {
    const worn = clouds(at[0] * 4 + at[2] * 3, at[1] * 5)
    return { colour: mix(colour, [colour[0] * 0.6, colour[1] * 0.6, colour[2] * 0.6], worn * 0.5), gloss }
  }

const steel: Paint = (at) => {
  const brushed = noise(at[0] * 90, at[1] * 3 + at[2] * 3) * 0.12
  return { colour: [0.42 + brushed, 0.43 + brushed, 0.45 + brushed], gloss: 0.28 }
}

/** Walls of profiled sheet. */
const sheet: Paint = (at, normal) => {
  const [u] = across(at, normal)
  const fold = 0.5 + 0.5 * Math.cos(u * 21)
  const tone = 0.34 + 0.16 * fold + clouds(u * 2, at[1] * 2) * 0.06
  return { colour: [tone * 0.94, tone * 0.98, tone * 1.02] }
}

const box = (from: Vec, to: Vec, paint: Paint, turn = 0): Solid => ({ is: 'box', from, to, paint, turn })
const floor = (paint: Paint): Solid => box([-30, -1, -30], [30, 0, 30], paint)
const wall = (z: number, paint: Paint): Solid => box([-30, 0, z - 1], [30, 12, z], paint)

function pallet(x: number, z: number): Solid[] {
  const boards = [0, 1, 2, 3, 4].map((i) =>
    box([x, 0.12, z + i * 0.2], [x + 1.2, 0.145, z + i * 0.2 + 0.13], wood),
  )
  const blocks = [0, 1, 2].flatMap((i) =>
    [0, 1, 2].map((k) =>
      box([x + i * 0.53, 0.02, z + k * 0.4], [x + i * 0.53 + 0.14, 0.12, z + k * 0.4 + 0.13], wood),
    ),
  )
  return [...boards, ...blocks]
}

const cartonAt = (from: Vec, size: Vec, turn = 0, tone = 1): Solid => {
  const to: Vec = [from[0] + size[0], from[1] + size[1], from[2] + size[2]]
  return box(from, to, carton(from, to, tone), turn)
}

function drum(x: number, z: number, colour: Vec): Solid[] {
  const rings = [0.02, 0.3, 0.58, 0.86].map((y): Solid => ({
    is: 'can',
    at: [x, y, z],
    radius: 0.302,
    height: 0.03,
    paint: painted(colour, 0.2),
  }))
  return [{ is: 'can', at: [x, 0, z], radius: 0.29, height: 0.88, paint: painted(colour, 0.14) }, ...rings]
}

const HALL = {
  ambient: [0.16, 0.18, 0.21] as const,
  lamp: { at: [1.5, 6, 3.5] as const, radius: 1.6, power: [46, 44, 39] as const },
}
const BLUE: Vec = [0.035, 0.12, 0.36]
const ORANGE: Vec = [0.72, 0.2, 0.02]

const leaning: readonly Solid[] = [
  ...pallet(-0.6, -0.5),
  ...[0, 1, 2].flatMap((i) =>
    [0, 1].map((k) =>
      cartonAt([-0.6 + i * 0.4, 0.145, -0.45 + k * 0.45], [0.385, 0.34, 0.43], 0, 0.95 + i * 0.05),
    ),
  ),
  ...[0, 1, 2].map((i) =>
    cartonAt([-0.58 + i * 0.4, 0.487, -0.42], [0.385, 0.34, 0.43], i === 2 ? 0.14 : 0.02, 1.04 - i * 0.05),
  ),
  cartonAt([-0.56, 0.487, 0.04], [0.385, 0.34, 0.43], -0.05),
  cartonAt([-0.5, 0.83, -0.36], [0.385, 0.34, 0.43], 0.2, 1.06),
  cartonAt([0.75, 0, 0.55], [0.385, 0.3, 0.4], 0.65, 0.9),
]

const shelf: readonly Solid[] = [0, 1, 2].flatMap((level) => [
  box([-2, 0.15 + level * 0.85, -0.5], [2, 0.2 + level * 0.85, 0.4], painted(ORANGE, 0.1)),
  ...[-1.75, -1.1, -0.52, 0.1, 0.74, 1.3].flatMap((x, i) =>
    (i * 7 + level * 5) % 6 === 0
      ? []
      : [
          cartonAt(
            [x, 0.2 + level * 0.85, -0.35],
            [0.46 + ((i + level) % 3) * 0.05, 0.3 + ((i * 3 + level) % 4) * 0.08, 0.62],
            ((i + level) % 3) * 0.05 - 0.05,
            0.85 + ((i + level * 2) % 4) * 0.08,
          ),
        ],
  ),
])

const rollers: readonly Solid[] = Array.from({ length: 9 }, (_, i): Solid => ({
  is: 'box',
  from: [-0.6, 0.8, -2.2 + i * 0.42],
  to: [0.6, 0.87, -2.04 + i * 0.42],
  paint: i === 5 ? painted([0.3, 0.13, 0.05], 0.02) : steel,
}))

export const SCENES: Readonly<Record<string, Scene>> = {
  'leaning-pallet': {
    ...HALL,
    eye: [1.5, 1.45, 2.6],
    look: [0.05, 0.45, -0.1],
    wide: 0.56,
    solids: [
      floor(aisle(1.35, 0.1)),
      wall(-3.2, sheet),
      ...leaning,
      ...drum(-2.1, -2.2, BLUE),
      ...drum(-1.45, -2.4, BLUE),
    ],
  },
  'oil-on-floor': {
    ...HALL,
    eye: [0.2, 1.5, 2.5],
    look: [0.1, 0.25, -0.2],
    wide: 0.6,
    solids: [
      floor(aisle(-1.7, 0.1, puddle(0.35, 0.55, 0.62, concrete))),
      wall(-2.4, sheet),
      ...drum(-0.25, -0.35, ORANGE),
      ...drum(0.45, -0.75, BLUE),
      ...drum(-0.95, -0.95, BLUE),
    ],
  },
  'shelf-14': {
    ...HALL,
    eye: [-0.5, 1.5, 3.3],
    look: [0.1, 1.15, 0],
    wide: 0.55,
    solids: [
      floor(concrete),
      wall(-1.6, sheet),
      ...shelf,
      ...[-2.05, 1.97].map((x) => box([x, 0, 0.3], [x + 0.08, 3.2, 0.4], painted(BLUE, 0.12))),
      ...[-2.05, 1.97].map((x) => box([x, 0, -0.5], [x + 0.08, 3.2, -0.4], painted(BLUE, 0.12))),
    ],
  },
  'worn-roller': {
    ...HALL,
    eye: [0.95, 1.75, 1.75],
    look: [-0.05, 0.8, -0.2],
    wide: 0.55,
    solids: [
      floor(concrete),
      wall(-3.4, sheet),
      ...rollers,
      ...[-0.68, 0.6].map((x) =>
        box([x, 0.72, -2.4], [x + 0.08, 0.95, 1.9], painted([0.06, 0.24, 0.13], 0.12)),
      ),
      ...[-2, 0.2, 1.4].flatMap((z) =>
        [-0.66, 0.6].map((x) => box([x, 0, z], [x + 0.06, 0.75, z + 0.06], painted([0.06, 0.24, 0.13], 0.1))),
      ),
      cartonAt([-0.3, 0.87, -2.05], [0.55, 0.36, 0.5], 0.08),
    ],
  },
}
