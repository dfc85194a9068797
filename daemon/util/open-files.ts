import process from 'node:process'

/** Where the system does not say. */
const USUAL = 1024
/** More than this nobody needs. */
const MOST = 1_000_000

/** How many files and sockets this process may have open at once. Node has raised its own limit to the highest that it
 * may set by the time this is read. */
export function openFileLimit(read: () => object = report): number {
  const { userLimits } = read() as { userLimits?: { open_files?: { soft?: number | string } } }
  const soft = userLimits?.open_files?.soft
  if (soft === 'unlimited') return MOST
  return typeof soft === 'number' && soft > 0 ? Math.min(soft, MOST) : USUAL
}

function report(): object {
  // Names of the other ends of sockets would be asked for over the network.
  Object.assign(process.report, { excludeNetwork: true })
  return process.report.getReport()
}
