/** Telnet's own bytes, which FTP borrowed (RFC 959, 4.1.3): before ABOR some clients send IAC IP, IAC DM. */
const IAC = 0xff
const NEWLINE = 0x0a

/** Cuts what a control connection brings into lines. */
export interface Lines {
  /** @returns whole lines, without their ends; null in place of one that was too long */
  push(chunk: Buffer): (string | null)[]
  /** Drops what is not a whole line yet. */
  clear(): void
}

/** @param most bytes of a line, asked for each */
export function createLines(most: () => number): Lines {
  let rest: Buffer = Buffer.alloc(0)
  let isTooLong = false

  return {
    push(chunk) {
      const lines: (string | null)[] = []
      let start = 0
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
        const line = Buffer.concat([rest, chunk.subarray(start, end)])
        lines.push(isTooLong || line.length > most() ? null : textOf(line))
        rest = Buffer.alloc(0)
        isTooLong = false
        start = end + 1
      }
      if (rest.length + chunk.length - start > most()) {
        isTooLong = true
        rest = Buffer.alloc(0)
      } else if (!isTooLong) rest = Buffer.concat([rest, chunk.subarray(start)])
      return lines
    },
    clear() {
      rest = Buffer.alloc(0)
      isTooLong = false
    },
  }
}

/** UTF-8 (RFC 2640), and Latin-1 where it is none, as older bodies send. */
function textOf(line: Buffer): string {
  const plain = line.includes(IAC) ? withoutTelnet(line) : line
  const text = decode(plain)
  return text.endsWith('\r') ? text.slice(0, -1) : text
}

function decode(line: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line)
  } catch {
    return line.toString('latin1')
  }
}

/** IAC and its command go; IAC WILL, WONT, DO and DONT with the option behind; a doubled IAC is a byte of a name. */
function withoutTelnet(line: Buffer): Buffer {
  const bytes: number[] = []
  for (let at = 0; at < line.length; at += 1) {
    const byte = line[at]!
    if (byte !== IAC) bytes.push(byte)
    else {
      const command = line[at + 1]
      if (command === undefined) break
      if (command === IAC) bytes.push(IAC)
      // What is no command of Telnet's is a letter of Latin-1.
      else if (command < 240) bytes.push(IAC, command)
      at += command >= 251 && command < IAC ? 2 : 1
    }
  }
  return Buffer.from(bytes)
}
