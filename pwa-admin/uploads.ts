import type { ApiError, UploadReply } from '../daemon/contract/api.ts'
import { ApiFailure } from './api.ts'

/** Sends one file, reporting the share sent (0..1). XMLHttpRequest, because fetch does not tell how far it is. */
export function sendFile(file: File, onProgress: (share: number) => void): Promise<UploadReply> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const body = new FormData()
    body.append('file', file, file.name)
    request.open('POST', '/api/upload')
    request.responseType = 'json'
    request.upload.onprogress = (event) => {
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
