import type { ApiError, UploadReply } from '../../daemon/contract/api.ts'
import { ApiFailure } from './api.ts'

/** How long no byte may leave, milliseconds: a slow line is not one that stands still. */
const STALL_MS = 30_000
/** How long the Mac may take to answer once it has the file, milliseconds. */
const ANSWER_MS = 90_000

/** What a file is sent as. */
export type UploadKind = 'photo' | 'final'
const TO: Record<UploadKind, string> = { photo: '/api/upload', final: '/api/finals/upload' }

/** Sends one file, gives it up when it stands still, and reports the share sent (0..1). XMLHttpRequest, because fetch
 * does not report progress. */
export function sendFile(
  file: File,
  onProgress: (share: number) => void,
  kind: UploadKind = 'photo',
): Promise<UploadReply> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const body = new FormData()
    body.append('file', file, file.name)
    request.open('POST', TO[kind])
    request.responseType = 'json'
    let stall = setTimeout(() => request.abort(), STALL_MS)
    const allow = (limit: number) => {
      clearTimeout(stall)
      stall = setTimeout(() => request.abort(), limit)
    }
    request.upload.onload = () => allow(ANSWER_MS)
    request.onloadend = () => clearTimeout(stall)
    request.upload.onprogress = (event) => {
      allow(STALL_MS)
      if (event.lengthComputable) onProgress(event.loaded / event.total)
    }
    request.onload = () => {
      const reply = request.response as (UploadReply & Partial<ApiError>) | null
      if (request.status >= 200 && request.status < 300 && reply) return resolve(reply)
      const message = reply?.error?.message ?? `HTTP ${request.status}`
      reject(
        new ApiFailure(request.status, reply?.error?.code ?? `http_${request.status}`, message, {
          params: reply?.error?.params,
        }),
      )
    }
    request.onerror =
      request.onabort =
      request.ontimeout =
        () => reject(new ApiFailure(0, 'no_answer', 'No answer to /api/upload'))
    request.send(body)
  })
}
