/** The running daemon, as its owner on this machine asks it. */
export interface Daemon {
  get<T>(path: string): Promise<T>
  /** @throws Error with the daemon's own sentence */
  post<T>(path: string, body: object): Promise<T>
}

/** @param key what the daemon left for the terminal's programs (see daemon/access/terminal.ts): with it they are the
 * owner even where loopback is not trusted */
export function daemonAt(port: number, key: string | null = null): Daemon {
  const origin = `http://127.0.0.1:${port}`
  async function call<T>(path: string, init: RequestInit): Promise<T> {
    let reply: Response
    try {
      reply = await fetch(origin + path, {
        ...init,
        headers: { ...init.headers, ...(key !== null && { authorization: `Bearer ${key}` }) },
        signal: AbortSignal.timeout(120_000),
      })
    } catch (cause) {
      throw new Error(`No daemon answers at ${origin}. Start it with npm run event, or give its --port.`, {
        cause,
      })
    }
    const body = (await reply.json().catch(() => null)) as { error?: { message?: string } } | null
    if (!reply.ok) throw new Error(body?.error?.message ?? `The daemon answers ${reply.status} to ${path}.`)
    return body as T
  }
  return {
    get: (path) => call(path, {}),
    post: (path, body) =>
      call(path, {
        method: 'POST',
        headers: { origin, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
  }
}
