/** A pairing code as a QR picture: a data URL of an SVG, which scales to any screen. */
import { toString } from 'qrcode'

export async function qrDataUrl(code: string): Promise<string> {
  const svg = await toString(code, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' })
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
}
