import type { Bucket } from '../bucket.ts'

/** The few parts of Durable Objects that are used, so that nothing has to be installed for their types. */

export interface Socket {
  readonly readyState: number
  send(text: string): void
  close(code: number, reason: string): void
}

export interface Storage {
  get(key: string): Promise<unknown>
  put(key: string, value: unknown): Promise<void>
  getAlarm(): Promise<number | null>
  setAlarm(at: number): Promise<void>
}

export interface ObjectContext {
  readonly storage: Storage
  /** The socket stays while the object sleeps. */
  acceptWebSocket(socket: Socket, tags: string[]): void
  getWebSockets(tag?: string): Socket[]
  setWebSocketAutoResponse(pair: object): void
  waitUntil(work: Promise<unknown>): void
}

export interface WritableBucket extends Bucket {
  put(
    key: string,
    value: string,
    options?: { httpMetadata?: { contentType?: string; cacheControl?: string } },
  ): Promise<unknown>
}

export interface ObjectEnv {
  readonly GALLERY: WritableBucket
}

/** Objects by name, as a Function sees them. */
export interface Objects {
  idFromName(name: string): object
  get(id: object): { fetch(request: Request | string, init?: RequestInit): Promise<Response> }
}

declare const WebSocketPair: new () => Record<'0' | '1', Socket>
declare const WebSocketRequestResponsePair: new (request: string, response: string) => object

/** @returns the answer that hands one end to the asker, and the other end */
export function upgrade(): { response: () => Response; socket: Socket } {
  const { 0: client, 1: socket } = new WebSocketPair()
  // `webSocket` is this runtime's own.
  const init: ResponseInit & { webSocket: Socket } = { status: 101, webSocket: client }
  return { response: () => new Response(null, init), socket }
}

export const autoResponse = (request: string, response: string): object =>
  new WebSocketRequestResponsePair(request, response)
