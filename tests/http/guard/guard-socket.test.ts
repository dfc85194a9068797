import { request as ask } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { openGuarded, type Guarded } from '../../fixtures/http/guarded.ts'

/** The guard on a real socket, where headers come twice and a WebSocket may be asked for. */

let guarded: Guarded

beforeEach(async () => {
  guarded = await openGuarded()
})
afterEach(async () => guarded.close())

describe('on a real socket', () => {
  let port: number

  beforeEach(async () => {
    await guarded.app.listen({ host: '127.0.0.1', port: 0 })
    port = (guarded.app.server.address() as AddressInfo).port
  })

  /** Header pairs go out as they are, so that one name can be sent twice. */
  function status(headers: string[], path = '/api/devices'): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      ask({ host: '127.0.0.1', port, path, headers, setHost: false, agent: false }, (reply) => {
        reply.resume().on('end', () => resolve(reply.statusCode))
      })
        .on('error', reject)
        .end()
    })
  }

  it('knows the owner by the port that it listens on', async () => {
    expect(await status(['Host', `127.0.0.1:${port}`])).toBe(200)
    expect(await status(['Host', `localhost:${port}`])).toBe(200)
    expect(await status(['Host', 'localhost:80'])).toBe(421)
    expect(await status(['Host', 'localhost'])).toBe(421)
    expect(await status(['HOST', `127.0.0.1:${port}`, 'VIA', '1.1 proxy'])).toBe(401)
  })

  it('is not fooled by a second Host, whichever comes first', async () => {
    expect(await status(['Host', `127.0.0.1:${port}`, 'Host', 'evil.example'])).not.toBe(200)
    expect(await status(['Host', 'evil.example', 'Host', `127.0.0.1:${port}`])).not.toBe(200)
  })

  function open(headers: Record<string, string>, path = '/api/live-socket'): Promise<string | number> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
      socket.on('message', (data) => {
        socket.close()
        resolve((data as Buffer).toString())
      })
      socket.on('unexpected-response', (_request, reply) => {
        // The server must let go by itself: nothing on this side does.
        reply.socket.on('close', () => resolve(reply.statusCode ?? 0))
        reply.resume()
      })
      socket.on('close', () => resolve('closed'))
      socket.on('error', reject)
    })
  }

  it('opens the live socket for our own page alone', async () => {
    const host = `studio-mac.local:${port}`
    const { cookie } = guarded.pair()
    expect(await open({ origin: `http://127.0.0.1:${port}` })).toBe('snapshot')
    expect(await open({ host, cookie, origin: `http://${host}` })).toBe('snapshot')
    guarded.reached.length = 0
    expect(await open({ host, origin: `http://${host}` }), 'a guest').toBe(401)
    expect(await open({ host, origin: `http://${host}`, accept: 'text/html' }), 'a guest').toBe(401)
    expect(await open({ origin: 'https://evil.example' }), 'another site').toBe(403)
    expect(await open({ origin: 'http://127.0.0.1:9999' }), 'another port').toBe(403)
    expect(await open({ host, cookie, origin: 'https://evil.example' }), 'with the cookie').toBe(403)
    expect(await open({ origin: 'null' })).toBe(403)
    expect(await open({ 'sec-fetch-site': 'same-origin' }), 'no Origin').toBe(403)
    expect(await open({ host, origin: `http://${host}` }, '/nowhere')).toBe(401)
    expect(await open({ origin: 'null' }, '/photo/events.json'), 'a public route').toBe(403)
    expect(await open({ host, origin: `http://${host}` }, '/photo/events.json'), 'no socket there').toBe(400)
    expect(await open({ origin: `http://127.0.0.1:${port}` }, '/api/buffer'), 'nor there').toBe(400)
    expect(guarded.reached).toEqual([])
  })
})
