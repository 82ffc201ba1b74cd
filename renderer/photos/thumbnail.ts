/**
 * A small picture of a photo, made where the photo is: it travels ahead of the photo's bytes, to every device. Turned
 * the way the camera was held, since drawing takes that from the photo.
 */

/** The longer side, px: sharp in a tile on a screen of double density. */
const SIDE = 320
/** What the node takes at most, in base64 characters. */
const MOST_CHARACTERS = 16_384
/** From good to just recognisable: the first that is small enough is taken. */
const ATTEMPTS = [
  { side: SIDE, quality: 0.8 },
  { side: SIDE, quality: 0.6 },
  { side: SIDE, quality: 0.4 },
  { side: SIDE / 2, quality: 0.7 },
  { side: SIDE / 2, quality: 0.3 },
] as const

/** Base64; null for what this browser cannot draw. */
export async function thumbnailOf(file: Blob): Promise<string | null> {
  // A drawing can be of any size, and hold more than a picture.
  if (!file.type.startsWith('image/') || file.type === 'image/svg+xml') return null
  const picture = await createImageBitmap(file).catch(() => null)
  if (picture === null) return null
  try {
    for (const attempt of ATTEMPTS) {
      const base64 = await draw(picture, attempt)
      if (base64 !== null && base64.length <= MOST_CHARACTERS) return base64
    }
    return null
  } finally {
    picture.close()
  }
}

async function draw(
  picture: ImageBitmap,
  { side, quality }: (typeof ATTEMPTS)[number],
): Promise<string | null> {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  const context = canvas.getContext('2d')
  if (!context) return null
  context.imageSmoothingQuality = 'high'
  // JPEG knows nothing of transparent parts, which would turn black.
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(picture, 0, 0, canvas.width, canvas.height)
  const drawn = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
  return drawn && base64Of(drawn)
}

function base64Of(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve((reader.result as string).replace(/^[^,]*,/, ''))
    reader.onerror = () => reject(reader.error ?? new Error('unreadable'))
    reader.readAsDataURL(blob)
  })
}

/** The kinds of picture that a thumbnail may be, by how their base64 begins. Others wrote it: no other kind is shown. */
const BEGINNINGS = [
  ['/9j/', 'image/jpeg'],
  ['iVBORw0KGgo', 'image/png'],
  ['UklGR', 'image/webp'],
] as const

/** As an address for an `img`; null for what is no small picture. */
export function thumbnailUrl(base64: string | null): string | null {
  const kind = BEGINNINGS.find(([beginning]) => base64?.startsWith(beginning))?.[1]
  return kind && base64 && /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? `data:${kind};base64,${base64}` : null
}
