/** A small path tracer: boxes, balls and upright cylinders under a soft light, with the grain and tint of a phone's camera. */
export type Vec = readonly [number, number, number]
/** Colour at a place of a surface, 0 to 1 each; `gloss` is how much of the light is mirrored. */
export type Paint = (at: Vec, normal: Vec) => { readonly colour: Vec; readonly gloss?: number }
export type Solid =
  | {
      readonly is: 'box'
      readonly from: Vec
      readonly to: Vec
      readonly turn?: number
      readonly paint: Paint
    }
  | { readonly is: 'ball'; readonly at: Vec; readonly radius: number; readonly paint: Paint }
  | {
      readonly is: 'can'
      readonly at: Vec
      readonly radius: number
      readonly height: number
      readonly paint: Paint
    }
export type Scene = {
  readonly eye: Vec
  readonly look: Vec
  /** The half width of what is seen at distance 1. */
  readonly wide: number
  readonly solids: readonly Solid[]
  /** Light from all around, and from one large lamp overhead. */
  readonly ambient: Vec
  readonly lamp: { readonly at: Vec; readonly radius: number; readonly power: Vec }
}
type Hit = { t: number; normal: Vec; paint: Paint }

const add = (a: Vec, b: Vec): Vec => [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
const sub = (a: Vec, b: Vec): Vec => [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
const times = (a: Vec, n: number): Vec => [a[0] * n, a[1] * n, a[2] * n]
const by = (a: Vec, b: Vec): Vec => [a[0] * b[0], a[1] * b[1], a[2] * b[2]]
const dot = (a: Vec, b: Vec): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
const unit = (a: Vec): Vec => times(a, 1 / Math.sqrt(dot(a, a)))
const cross = (a: Vec, b: Vec): Vec => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
]
const NEAR = 1e-4

/** Turned about the upright axis. */
function turned([x, y, z]: Vec, angle: number): Vec {
  const [c, s] = [Math.cos(angle), Math.sin(angle)]
  return [c * x + s * z, y, c * z - s * x]
}

/** Between the two planes of each axis: the last that is entered before the first that is left. */
function hitBox(from: Vec, way: Vec, low: Vec, high: Vec): { t: number; normal: Vec } | null {
  const x = 1 / way[0]
  const y = 1 / way[1]
  const z = 1 / way[2]
  const nearX = ((x > 0 ? low[0] : high[0]) - from[0]) * x
  const nearY = ((y > 0 ? low[1] : high[1]) - from[1]) * y
  const nearZ = ((z > 0 ? low[2] : high[2]) - from[2]) * z
  const near = Math.max(nearX, nearY, nearZ)
  if (near < NEAR) return null
  if (near > ((x > 0 ? high[0] : low[0]) - from[0]) * x) return null
  if (near > ((y > 0 ? high[1] : low[1]) - from[1]) * y) return null
  if (near > ((z > 0 ? high[2] : low[2]) - from[2]) * z) return null
  if (near === nearX) return { t: near, normal: [x > 0 ? -1 : 1, 0, 0] }
  return { t: near, normal: near === nearY ? [0, y > 0 ? -1 : 1, 0] : [0, 0, z > 0 ? -1 : 1] }
}

function hitSolid(from: Vec, way: Vec, solid: Solid): { t: number; normal: Vec } | null {
  if (solid.is === 'box') {
    const { turn = 0 } = solid
    if (turn === 0) return hitBox(from, way, solid.from, solid.to)
    const middle = times(add(solid.from, solid.to), 0.5)
    const hit = hitBox(
      add(turned(sub(from, middle), -turn), middle),
      turned(way, -turn),
      solid.from,
      solid.to,
    )
    return hit && { t: hit.t, normal: turned(hit.normal, turn) }
  }
  return solid.is === 'ball' ? hitBall(from, way, solid.at, solid.radius) : hitCan(from, way, solid)
}

function hitBall(from: Vec, way: Vec, at: Vec, radius: number): { t: number; normal: Vec } | null {
  const to = sub(from, at)
  const b = dot(to, way)
  const d = b * b - dot(to, to) + radius * radius
  if (d < 0) return null
  const t = -b - Math.sqrt(d)
  return t < NEAR ? null : { t, normal: times(add(to, times(way, t)), 1 / radius) }
}

function hitCan(
  from: Vec,
  way: Vec,
  { at, radius, height }: Extract<Solid, { is: 'can' }>,
): { t: number; normal: Vec } | null {
  const [x, z] = [from[0] - at[0], from[2] - at[2]]
  const a = way[0] ** 2 + way[2] ** 2
  const b = x * way[0] + z * way[2]
  const d = b * b - a * (x * x + z * z - radius * radius)
  if (d >= 0 && a > 0) {
    const t = (-b - Math.sqrt(d)) / a
    const y = from[1] + t * way[1] - at[1]
    if (t > NEAR && y >= 0 && y <= height)
      return { t, normal: [(x + t * way[0]) / radius, 0, (z + t * way[2]) / radius] }
  }
  const t = (at[1] + height - from[1]) / way[1]
  if (!(t > NEAR) || way[1] > 0) return null
  const [u, v] = [x + t * way[0], z + t * way[2]]
  return u * u + v * v <= radius * radius ? { t, normal: [0, 1, 0] } : null
}

function nearest(from: Vec, way: Vec, solids: readonly Solid[]): Hit | null {
  let found: Hit | null = null
  for (const solid of solids) {
    const hit = hitSolid(from, way, solid)
    if (hit && (found === null || hit.t < found.t))
      found = { t: hit.t, normal: hit.normal, paint: solid.paint }
  }
  return found
}

/** Numbers that look like chance and are the same each time. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Somewhere in the half space of a normal, more often along it. */
function scattered(normal: Vec, random: () => number): Vec {
  const [u, v] = [random() * 2 * Math.PI, random() * 2 - 1]
  const r = Math.sqrt(1 - v * v)
  return unit(add(normal, [r * Math.cos(u) * 0.999, r * Math.sin(u) * 0.999, v * 0.999]))
}

function light(scene: Scene, eye: Vec, ahead: Vec, random: () => number): Vec {
  let sum: Vec = [0, 0, 0]
  let share: Vec = [1, 1, 1]
  let from = eye
  let way = ahead
  for (let bounce = 0; bounce < 4; bounce += 1) {
    const hit = nearest(from, way, scene.solids)
    if (!hit) return add(sum, by(share, scene.ambient))
    const at = add(from, times(way, hit.t))
    const { colour, gloss = 0 } = hit.paint(at, hit.normal)
    if (random() < gloss) {
      const rough = scattered(hit.normal, random)
      const mirrored = sub(way, times(hit.normal, 2 * dot(way, hit.normal)))
      way = unit(add(mirrored, times(rough, 0.06)))
    } else {
      share = by(share, colour)
      sum = add(sum, by(share, lampAt(scene, at, hit.normal, random)))
      way = scattered(hit.normal, random)
    }
    from = add(at, times(hit.normal, NEAR * 4))
  }
  return sum
}

function lampAt({ lamp, solids }: Scene, at: Vec, normal: Vec, random: () => number): Vec {
  const spot: Vec = [
    lamp.at[0] + (random() * 2 - 1) * lamp.radius,
    lamp.at[1],
    lamp.at[2] + (random() * 2 - 1) * lamp.radius,
  ]
  const to = sub(spot, at)
  const far = Math.sqrt(dot(to, to))
  const way = times(to, 1 / far)
  const facing = dot(way, normal)
  if (facing <= 0) return [0, 0, 0]
  const between = nearest(add(at, times(normal, NEAR * 4)), way, solids)
  return between && between.t < far ? [0, 0, 0] : times(lamp.power, facing / (far * far))
}

/** As a camera keeps it: bright parts rolled off, darker to the corners, a little grain. */
function developed(value: number, corner: number, grain: number): number {
  const exposed = value * 0.68 * (1 - 0.32 * corner)
  const rolled = (exposed * (2.51 * exposed + 0.03)) / (exposed * (2.43 * exposed + 0.59) + 0.14)
  return Math.max(0, Math.min(255, 255 * Math.min(1, rolled) ** (1 / 2.2) + grain * 5))
}

/** RGB bytes, row by row. */
export function trace(
  scene: Scene,
  { width, height }: { readonly width: number; readonly height: number },
  paths: number,
): Uint8Array {
  const random = chance(20_26)
  const ahead = unit(sub(scene.look, scene.eye))
  const right = unit(cross(ahead, [0, 1, 0]))
  const up = cross(right, ahead)
  const pixels = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i += 1) {
    const [px, py] = [i % width, Math.floor(i / width)]
    let sum: Vec = [0, 0, 0]
    for (let n = 0; n < paths; n += 1) {
      const x = (((px + random()) / width) * 2 - 1) * scene.wide
      const y = ((1 - ((py + random()) / height) * 2) * scene.wide * height) / width
      const way = unit(add(ahead, add(times(right, x), times(up, y))))
      const seen = light(scene, scene.eye, way, random)
      sum = add(sum, [Math.min(seen[0], 6), Math.min(seen[1], 6), Math.min(seen[2], 6)])
    }
    const corner = ((px / width) * 2 - 1) ** 2 * 0.6 + ((py / height) * 2 - 1) ** 2 * 0.4
    const grain = random() - 0.5
    for (const k of [0, 1, 2] as const) pixels[3 * i + k] = developed(sum[k] / paths, corner, grain)
  }
  return pixels
}
