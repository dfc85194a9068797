import { networkInterfaces } from 'node:os'

/** This machine's IPv4 addresses on its networks, private ones first: where an iPad or a guest finds it. */
export function lanAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const addresses = all.filter((one) => one.family === 'IPv4' && !one.internal).map((one) => one.address)
  const isPrivate = (address: string) => /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address)
  return [...addresses.filter(isPrivate), ...addresses.filter((address) => !isPrivate(address))]
}
