/** What a device's saved work is called: letters and digits of any script stay, what a file system may refuse does not. */
export function fileName(device: string): string {
  const plain = device.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '')
  return `tallydesk-${plain === '' ? 'device' : plain}.parcel`
}
