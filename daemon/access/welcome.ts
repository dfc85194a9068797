import { renderUnicodeCompact } from 'uqr'
import type { ConnectStatus } from '../contract/connect.ts'

const GAP = '   '

/** Where to go, for the person at the terminal: the computer's name, how HTTPS is, and two codes for a camera to read
 * where the terminal is wide enough.
 * @param columns of the terminal, 0 where there is none */
export function welcome(connect: ConnectStatus, columns: number): string[] {
  const [address] = connect.addresses
  const { https, name, port } = connect
  const lines: string[] = []
  if (address && https.state === 'on')
    lines.push(`To install the app on an iPad: http://${address}:${port}/setup (then ${https.origins[0]})`)
  if (address && (connect.discovery.state === 'system' || connect.discovery.state === 'published'))
    lines.push(`By name: http://${name}:${port}/gallery/`)
  if (https.message !== null) lines.push(`Warning: ${https.message}`)
  if (!address || columns === 0) return lines
  const codes = [
    { title: 'Guests', url: `http://${address}:${port}/gallery/` },
    { title: 'Assistant', url: `http://${address}:${port}/${https.state === 'on' ? 'setup' : 'admin/'}` },
  ].map(({ title, url }) => [title, url, ...renderUnicodeCompact(url, { border: 2 }).split('\n')])
  const width = Math.max(...codes.flat().map((line) => line.length))
  const beside = codes.map((code) => code.map((line) => line.padEnd(width)))
  if (width * 2 + GAP.length <= columns)
    return [...lines, '', ...beside[0]!.map((line, row) => `${line}${GAP}${beside[1]?.[row] ?? ''}`), '']
  return width <= columns ? [...lines, '', ...codes.flat(), ''] : lines
}
