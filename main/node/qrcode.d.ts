/** The one function of the package `qrcode` that is used; it ships no types. */
declare module 'qrcode' {
  export function toString(
    text: string,
    options: { type: 'svg' | 'utf8'; margin?: number; errorCorrectionLevel?: 'L' | 'M' | 'Q' | 'H' },
  ): Promise<string>
}
