import { readHostname, readInterfaces } from '../util/interfaces.ts'

/** This machine's IPv4 addresses on its networks, private ones first: where an iPad or a guest finds it. */
export function lanAddresses(): string[] {
  const all = Object.values(readInterfaces()).flatMap((list) => list ?? [])
  const addresses = all.filter((one) => one.family === 'IPv4' && !one.internal).map((one) => one.address)
  const isPrivate = (address: string) => /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address)
  return [...addresses.filter(isPrivate), ...addresses.filter((address) => !isPrivate(address))]
}

/** Where others find a program that listens on `host`: at each of this machine's addresses, or at that one alone. */
export function reachableAt(host: string): string[] {
  return host === '0.0.0.0' || host === '::' ? lanAddresses() : [host]
}

/** The name by which this machine is found over mDNS, such as `studio-mac.local`; null when it has none that fits. */
export function localName(name = readHostname()): string | null {
  const [label = ''] = name.toLowerCase().split('.')
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label) && label !== 'localhost' ? `${label}.local` : null
}

/** Milliseconds for which names are taken to be the same: a change of address is followed within this time. */
const KEPT_MS = 1000

/** Every name that a Host header may have: this machine's addresses, as they are now, and its `.local` name.
 * @param more further names, such as the one that mDNS settled on */
export function createHostNames(needs: {
  now: () => number
  more: () => readonly string[]
  read?: typeof readInterfaces
}): () => ReadonlySet<string> {
  const { now, more, read = readInterfaces } = needs
  let cached: { at: number; names: ReadonlySet<string> } | null = null
  return () => {
    const time = now()
    if (cached && time >= cached.at && time - cached.at < KEPT_MS) return cached.names
    const names = new Set(more().map((name) => name.toLowerCase()))
    for (const one of Object.values(read()).flatMap((list) => list ?? []))
      names.add(one.family === 'IPv6' ? `[${one.address.toLowerCase()}]` : one.address)
    const local = localName()
    if (local) names.add(local)
    cached = { at: time, names }
    return names
  }
}
