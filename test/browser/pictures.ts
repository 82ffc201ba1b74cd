/** Pictures for the page tests: drawn by the browser itself, or made of so many bytes. */
import type { Page } from '@playwright/test'

/** A photo of that many pixels in stripes of colour, as a JPEG. `of`: which colours. */
export async function photo(page: Page, of = 0, [width, height] = [1600, 1200]): Promise<Buffer> {
  const base64 = await page.evaluate(
    ({ hue, wide, high }) => {
      const canvas = document.createElement('canvas')
      canvas.width = wide
      canvas.height = high
      const context = canvas.getContext('2d')
      for (let i = 0; context && i < 12; i += 1) {
        context.fillStyle = `hsl(${hue + i * 9} 60% ${30 + i * 4}%)`
        context.fillRect((i * wide) / 12, 0, wide / 12 + 1, high)
      }
      return canvas.toDataURL('image/jpeg', 0.9).split(',')[1] ?? ''
    },
    { hue: of * 67, wide: width, high: height },
  )
  return Buffer.from(base64, 'base64')
}

/** Every pixel another colour: nothing is harder to make small. */
export async function noisy(page: Page): Promise<Buffer> {
  const base64 = await page.evaluate(() => {
    const canvas = document.createElement('canvas')
    canvas.width = 320
    canvas.height = 240
    const context = canvas.getContext('2d')
    for (let i = 0; context && i < canvas.width * canvas.height; i += 1) {
      context.fillStyle = `hsl(${(i * 7919) % 360} 90% ${(i * 104729) % 100}%)`
      context.fillRect(i % canvas.width, Math.floor(i / canvas.width), 1, 1)
    }
    return canvas.toDataURL('image/jpeg', 0.95).split(',')[1] ?? ''
  })
  return Buffer.from(base64, 'base64')
}

/** As the camera writes it that was held upright: the picture lies on its side, with a note that it does. */
export function turned(jpeg: Buffer): Buffer {
  // One EXIF entry: orientation (0x0112), a short, 6: turn it to the right.
  const exif = Buffer.from(
    'ffe1002245786966000049492a000800000001001201030001000000060000000000000000',
    'hex',
  )
  return Buffer.concat([jpeg.subarray(0, 2), exif.subarray(0, 36), jpeg.subarray(2)])
}

export type Given = { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }

/** Files as a drag or the clipboard brings them, given to the element as that event. */
export async function give(
  page: Page,
  on: string,
  event: 'drop' | 'paste',
  files: readonly Given[],
): Promise<void> {
  const plain = files.map(({ name, mimeType, buffer }) => ({
    name,
    mimeType,
    base64: buffer.toString('base64'),
  }))
  await page.evaluate(
    ({ selector, type, given }) => {
      const data = new DataTransfer()
      for (const { name, mimeType, base64 } of given) {
        const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))
        data.items.add(new File([bytes], name, { type: mimeType }))
      }
      const target = document.querySelector(selector)
      const options = { bubbles: true, cancelable: true, dataTransfer: data, clipboardData: data }
      if (type === 'drop') target?.dispatchEvent(new DragEvent('dragover', options))
      target?.dispatchEvent(
        type === 'drop' ? new DragEvent('drop', options) : new ClipboardEvent('paste', options),
      )
    },
    { selector: on, type: event, given: plain },
  )
}
