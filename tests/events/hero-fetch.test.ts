import { readFile, rm, stat } from 'node:fs/promises'
import type { LookupAddress } from 'node:dns'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createFetchPicture } from '../../daemon/events/hero-fetch.ts'
import { isPublicAddress } from '../../daemon/events/public-address.ts'
import { tempFolder } from '../fixtures/catalog.ts'
import { CERTIFICATE, KEY, NAME } from '../fixtures/network/certificate.ts'

/** A picture from an address that the owner typed. The server stands on this machine, which is not public: what is
 * looked up and what is open are given to the fetcher. */
let server: Server
let port: number
let folder: string
let path: string
let requested: string[]
let n = 0
const BODY = Buffer.from('a picture')

beforeAll(async () => {
  folder = await tempFolder()
  server = createServer({ key: KEY, cert: CERTIFICATE }, (request, reply) => {
    const { pathname } = new URL(request.url ?? '/', 'https://x')
    requested.push(pathname)
    const to = (location: string) => reply.writeHead(302, { location }).end()
    if (pathname === '/picture.jpg') reply.end(BODY)
    else if (pathname === '/moved') to('/picture.jpg')
    else if (pathname === '/inside') to('https://127.0.0.2/picture.jpg')
    else if (pathname === '/plain') to('http://pictures.test/picture.jpg')
    else if (pathname === '/rebound') to(`https://inside.test:${port}/picture.jpg`)
    else if (pathname === '/round') to('/round')
    else if (pathname === '/large') {
      reply.writeHead(200)
      const piece = Buffer.alloc(1_000_000)
      const write = (left: number) => {
        if (left === 0 || reply.destroyed) return void reply.end()
        reply.write(piece, () => write(left - 1))
      }
      write(12)
    } else if (pathname === '/stated') reply.writeHead(200, { 'content-length': 20_000_000 }).end()
    else if (pathname === '/hangs') reply.writeHead(200).write('x')
    else reply.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ;({ port } = server.address() as AddressInfo)
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => {
  requested = []
  path = join(folder, `${++n}.part`)
})

/** Stands for the internet: one name leads to the server, and its address counts as public. */
const HOSTS: Record<string, LookupAddress[]> = {
  [NAME]: [{ address: '127.0.0.1', family: 4 }],
  'inside.test': [{ address: '127.0.0.3', family: 4 }],
  'mixed.test': [
    { address: '127.0.0.1', family: 4 },
    { address: '10.0.0.1', family: 4 },
  ],
}
const options = {
  resolve: async (host: string) => {
    const found = HOSTS[host]
    if (!found) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' })
    return found
  },
  isOpen: (address: string) => address === '127.0.0.1',
  ca: CERTIFICATE,
}
const fetchPicture = createFetchPicture(options)
const at = (rest: string, host = NAME) => `https://${host}:${port}${rest}`
const refusal = (url: string, using = fetchPicture) =>
  using(url, path).then(
    () => 'fetched',
    (error: { code: string; status: number }) => `${error.status} ${error.code}`,
  )

test('a picture is fetched, also where its address moved', async () => {
  await fetchPicture(at('/picture.jpg'), path)
  expect(await readFile(path)).toEqual(BODY)
  await rm(path)
  await fetchPicture(at('/moved'), path)
  expect(await readFile(path)).toEqual(BODY)
})

describe('never asks anybody', () => {
  test.each([
    ['over plain http', 'http://pictures.test/a.jpg', '422 https_only'],
    ['a file', 'file:///etc/passwd', '422 https_only'],
    ['with a password', 'https://me:secret@pictures.test/a.jpg', '422 https_only'],
    ['what is no address', 'pictures', '422 bad_address'],
    ['this machine', 'https://127.0.0.9/a.jpg', '422 address_closed'],
    ['this machine in IPv6', 'https://[::1]/a.jpg', '422 address_closed'],
    ['this machine as a number', 'https://2130706441/a.jpg', '422 address_closed'],
  ])('%s', async (_, url, code) => {
    expect(await refusal(url)).toBe(code)
    expect(requested).toEqual([])
  })

  test('a name that leads into this network, in part or as a whole', async () => {
    expect(await refusal(at('/picture.jpg', 'inside.test'))).toBe('422 address_closed')
    expect(await refusal(at('/picture.jpg', 'mixed.test'))).toBe('422 address_closed')
    expect(requested).toEqual([])
  })

  test.each([
    ['an inner address', '/inside', '422 address_closed'],
    ['a name that leads into this network', '/rebound', '422 address_closed'],
    ['plain http', '/plain', '422 https_only'],
  ])('%s that it is led to', async (_, rest, code) => {
    expect(await refusal(at(rest))).toBe(code)
    expect(requested).toEqual([rest])
  })
})

test('without the check the same addresses are asked: they are the check’s doing', async () => {
  const open = createFetchPicture({ ...options, isOpen: () => true })
  HOSTS['inside.test'] = HOSTS[NAME]!
  expect(await refusal(at('/rebound'), open)).not.toBe('422 address_closed')
  HOSTS['inside.test'] = [{ address: '127.0.0.3', family: 4 }]
})

test('an address that leads in circles, is not there, is too large or says nothing is told as such', async () => {
  expect(await refusal(at('/round'))).toBe('422 too_many_hops')
  expect(requested.length).toBeLessThan(7)
  expect(await refusal(at('/nowhere'))).toBe('422 address_answers')
  expect(await refusal(at('/stated'))).toBe('413 picture_too_large')
  expect(await refusal(at('/large'))).toBe('413 picture_too_large')
  expect((await stat(path)).size).toBeLessThanOrEqual(10_000_000)
  expect(await refusal(at('/picture.jpg', 'unknown.test'))).toBe('422 address_silent')
  path += '.late'
  const hasty = createFetchPicture({ ...options, deadline: 200 })
  expect(await refusal(at('/hangs'), hasty)).toBe('422 address_silent')
})

test('a server that cannot prove its name is not believed', async () => {
  const { ca: _, ...strangers } = options
  expect(await refusal(at('/picture.jpg'), createFetchPicture(strangers))).toBe('422 address_silent')
  expect(requested).toEqual([])
})

test.each([
  ['0.0.0.0', false],
  ['10.1.2.3', false],
  ['100.64.0.1', false],
  ['127.0.0.1', false],
  ['169.254.169.254', false],
  ['172.16.0.1', false],
  ['172.32.0.1', true],
  ['192.168.1.1', false],
  ['198.18.0.1', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['1.1.1.1', true],
  ['::', false],
  ['::1', false],
  ['::ffff:10.0.0.1', false],
  ['::ffff:1.1.1.1', false],
  ['64:ff9b::a00:1', false],
  ['2001:db8::1', false],
  ['2002:a00:1::1', false],
  ['fc00::1', false],
  ['fe80::1', false],
  ['ff02::1', false],
  ['2606:4700:4700::1111', true],
  ['no address', false],
] as const)('%s is public: %s', (address, isPublic) => {
  expect(isPublicAddress(address)).toBe(isPublic)
})
