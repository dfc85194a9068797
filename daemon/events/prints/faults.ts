import { isDiskFull, messageOf, Refusal } from '../../errors.ts'

const CODES = {
  print_folder_away: 503,
  print_folder_closed: 503,
  print_folder_full: 507,
  print_inside: 409,
  print_no_lp: 503,
  print_refused: 503,
} as const
type PrintFaultCode = keyof typeof CODES

const SENTENCES: Record<PrintFaultCode, (place: string, why: string) => string> = {
  print_folder_away: (folder) => `The print folder is away: ${folder}. What waits is printed when it is back.`,
  print_folder_closed: (folder, why) => `Nothing can be put into the print folder ${folder}: ${why}.`,
  print_folder_full: (folder) => `The disk of the print folder is full: ${folder}. What waits is printed when there is room.`,
  print_inside: (folder, other) => `A print folder may not lie in ${other}, or hold it: prints would come back as photos. Choose another than ${folder}.`,
  print_no_lp: () => 'This computer has no program "lp" to print with. Use a print folder instead.',
  print_refused: (queue, why) => `The printer ${queue} takes nothing: ${why}.`,
} // prettier-ignore

/** What stands in the way of every print. @param place the folder's path, or the printer's name */
export function printFault(code: PrintFaultCode, place: string, why = '', cause?: unknown): Refusal {
  const params = code === 'print_inside' ? { folder: place, other: why } : { place, why }
  return new Refusal(CODES[code], code, SENTENCES[code](place, why), { cause, params })
}

export const isPlaceFault = (fault: Refusal) => Object.hasOwn(CODES, fault.code)

/** What stands in the way of one photo alone. */
export function unprintable(name: string, cause: unknown): Refusal {
  const isRefusal = cause instanceof Refusal
  if (isDiskFull(cause))
    return new Refusal(
      507,
      'print_no_room',
      `There is no room on this computer's disk to make the print of ${name}.`,
      {
        cause,
        params: { name },
      },
    )
  const why = isRefusal ? cause.code : messageOf(cause)
  return new Refusal(422, 'print_unmade', `${name} cannot be printed just now: ${messageOf(cause)}`, {
    cause,
    params: { ...(isRefusal && cause.params), name, why },
  })
}
