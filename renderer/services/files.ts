/**
 * Bytes of files to and from the node, over HTTP of the page's own origin. The token travels in a header, so that it
 * stands in no address; what is shown is an object URL of bytes that this page fetched itself.
 */
import { TallydeskError, type ErrorBody } from '../../shared/api/errors.ts'
import { bearer, FILES_PATH, type KeptAnswer, type RefusedAnswer } from '../../shared/api/files.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'

export interface FileStore {
  /** Sends a file to be kept; `onProgress` is told how many of its bytes have gone. */
  keep(file: Blob, onProgress: (done: number) => void): Promise<Result<KeptAnswer, ErrorBody>>
  /** The bytes, under the type that the node knows them by: a picture's, or none. */
  read(sha256: string): Promise<Result<Blob, ErrorBody>>
}

const lost = () => err(new TallydeskError('not-connected').toBody())

export class NodeFiles implements FileStore {
  readonly #authorization: string

  constructor(token: string) {
    this.#authorization = bearer(token)
  }

  /** By XMLHttpRequest, which alone tells how far an upload has come. */
  keep(file: Blob, onProgress: (done: number) => void): Promise<Result<KeptAnswer, ErrorBody>> {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest()
      request.open('POST', FILES_PATH)
      request.setRequestHeader('authorization', this.#authorization)
      request.setRequestHeader('content-type', 'application/octet-stream')
      request.responseType = 'json'
      request.upload.onprogress = ({ loaded }) => onProgress(loaded)
      request.onload = () => resolve(answerOf(request.response as KeptAnswer | RefusedAnswer | null))
      request.onerror = () => resolve(lost())
      request.onabort = () => resolve(lost())
      request.send(file)
    })
  }

  async read(sha256: string): Promise<Result<Blob, ErrorBody>> {
    try {
      const headers = { authorization: this.#authorization }
      const response = await fetch(`${FILES_PATH}/${sha256}`, { headers })
      if (response.ok) return ok(await response.blob())
      return err(new TallydeskError('not-found', { what: 'file', id: sha256.slice(0, 12) }).toBody())
    } catch {
      return lost()
    }
  }
}

function answerOf(answer: KeptAnswer | RefusedAnswer | null): Result<KeptAnswer, ErrorBody> {
  if (answer === null) return lost()
  return 'error' in answer ? err(answer.error) : ok(answer)
}
