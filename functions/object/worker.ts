import { createGuests } from './guests.ts'
import type { ObjectContext, ObjectEnv, Socket } from './runtime.ts'

/** The class that the runtime makes an object of: it asks for one, all else is `createGuests`. */
export class Guests {
  readonly #guests: ReturnType<typeof createGuests>
  constructor(context: ObjectContext, env: ObjectEnv) {
    this.#guests = createGuests(context, env)
  }
  fetch(request: Request): Promise<Response> {
    return this.#guests.fetch(request)
  }
  webSocketMessage(socket: Socket, message: string | ArrayBuffer): Promise<void> {
    return this.#guests.heard(socket, message)
  }
  webSocketClose(socket: Socket): void {
    this.#guests.left(socket)
  }
  webSocketError(socket: Socket): void {
    this.#guests.left(socket)
  }
  alarm(): Promise<void> {
    return this.#guests.alarm()
  }
}

/** Nothing is asked of the worker itself: the gallery reaches its objects. */
export default { fetch: (): Response => new Response('Not found.', { status: 404 }) }
