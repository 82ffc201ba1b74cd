/** The largest file that is kept, in bytes: a photo has a few megabytes, a scanned manual some dozens. */
export const MOST_FILE_BYTES = 100 * 1024 * 1024
