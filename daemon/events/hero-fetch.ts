import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import { createWriteStream } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { errnoOf, messageOf, Refusal } from '../errors.ts'
import { isPublicAddress } from './public-address.ts'

const MOST_BYTES = 10_000_000
const MOST_HOPS = 4
/** For all of it together, milliseconds. */
const DEADLINE = 20_000

/** Fetches one picture from the internet into a file.
 * @throws Refusal in words that quote the address; the file may be there in part then */
export type FetchPicture = (url: string, path: string) => Promise<void>

class ClosedAddress extends Error {}

/** What the owner typed may lead anywhere, also back into this network: only https, and only to public addresses. The
 * addresses that are looked up are the ones that are connected to, so that a name cannot mean one thing when it is
 * checked and another when it is used; each redirect is checked like the first address.
 * @param needs.isOpen whether an IP address may be connected to */
export function createFetchPicture(
  needs: {
    resolve?: (host: string) => Promise<LookupAddress[]>
    isOpen?: (address: string) => boolean
    /** Certificates trusted beside the system's, PEM. */
    ca?: string
    deadline?: number
  } = {},
): FetchPicture {
  const { isOpen = isPublicAddress, deadline = DEADLINE } = needs
  const systemResolve = promisify(systemLookup)
  const resolve = needs.resolve ?? ((host: string) => systemResolve(host, { all: true }))

  const lookup: LookupFunction = (host, options, callback) => {
    resolve(host).then(
      (addresses) => {
        const [first] = addresses
        // One that is closed spoils them all: which one is connected to is not ours to choose.
        if (!first || !addresses.every(({ address }) => isOpen(address)))
          callback(new ClosedAddress(`${host} is not a public address`), '', 0)
        else if (options.all) callback(null, addresses)
        else callback(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    )
  }

  function parse(text: string, base?: URL): URL {
    const params = { params: { address: text } }
    const url = URL.parse(text, base)
    if (!url) throw new Refusal(422, 'bad_address', `"${text}" is not an address.`, params)
    if (url.protocol !== 'https:' || url.username !== '' || url.password !== '')
      throw new Refusal(422, 'https_only', `Only https addresses are fetched, not "${text}".`, params)
    // An IP address in the place of a name is never looked up.
    const host = url.hostname.replace(/^\[|\]$/g, '')
    if (isIP(host) && !isOpen(host)) throw closedRefusal(text)
    return url
  }

  async function request(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((done, failed) => {
      get(
        url,
        {
          lookup,
          signal,
          agent: false,
          headers: { accept: 'image/jpeg, image/png, image/webp, image/*;q=0.5' },
          ...(needs.ca !== undefined && { ca: needs.ca }),
        },
        done,
      ).on('error', failed)
    })
  }

  async function fetchInto(first: URL, path: string, signal: AbortSignal): Promise<void> {
    let url = first
    for (let hop = 0; ; hop += 1) {
      const reply = await request(url, signal)
      const { statusCode = 0, headers } = reply
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
        reply.destroy()
        if (hop === MOST_HOPS)
          throw new Refusal(422, 'too_many_hops', `"${first.href}" leads on and on.`, {
            params: { address: first.href },
          })
        url = parse(headers.location, url)
        continue
      }
      if (statusCode !== 200) {
        reply.destroy()
        throw new Refusal(422, 'address_answers', `"${url.href}" answers with ${statusCode}.`, {
          params: { address: url.href, status: statusCode },
        })
      }
      if (Number(headers['content-length']) > MOST_BYTES) {
        reply.destroy()
        throw tooLarge(url)
      }
      let bytes = 0
      await pipeline(
        reply,
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            bytes += chunk.length
            if (bytes > MOST_BYTES) throw tooLarge(url)
            yield chunk
          }
        },
        createWriteStream(path, { flags: 'wx' }),
      )
      return
    }
  }

  return async (text, path) => {
    const url = parse(text)
    const signal = AbortSignal.timeout(deadline)
    try {
      await fetchInto(url, path, signal)
    } catch (error) {
      if (error instanceof Refusal) throw error
      if (error instanceof ClosedAddress) throw closedRefusal(text)
      // Our own disk is not the address's fault.
      if (errnoOf(error) === 'ENOSPC') throw error
      const why = signal.aborted ? 'it took too long' : messageOf(error)
      throw new Refusal(422, 'address_silent', `"${text}" could not be fetched: ${why}.`, {
        cause: error,
        params: { address: text },
      })
    }
  }
}

const tooLarge = ({ href }: URL) =>
  new Refusal(413, 'picture_too_large', `"${href}" is larger than 10 MB.`, { params: { address: href } })
const closedRefusal = (address: string) =>
  new Refusal(422, 'address_closed', `"${address}" is not on the public internet.`, { params: { address } })
