import { hostname, networkInterfaces } from 'node:os'

type Interfaces = ReturnType<typeof networkInterfaces>

/** Reads this machine's network interfaces. The system refuses where no file can be opened, for a moment or for long:
 * then they are what they were when it last answered.
 * @param read for tests */
export function createInterfaces(read: () => Interfaces = networkInterfaces): () => Interfaces {
  let last: Interfaces = {}
  return () => {
    try {
      last = read()
    } catch {
      // Who calls does so from timers and for every request: an old answer serves, an error does not.
    }
    return last
  }
}

export const readInterfaces = createInterfaces()

/** The computer's name as the system has it; empty where it does not say. */
export function readHostname(): string {
  try {
    return hostname()
  } catch {
    return ''
  }
}
