import type { DeliverBody, DeliverReply } from '../../daemon/contract/deliver.ts'
import type { DesksBody, DeskSendReply, DesksReply } from '../../daemon/contract/desks.ts'
import type {
  PrintReply,
  PrintsBody,
  PrintSettings,
  PrintSettingsBody,
  PrintSettingsReply,
  PrintsView,
} from '../../daemon/contract/prints.ts'
import type { Wire } from './wire.ts'

/** Calls by which photos leave the computer otherwise than to guests: deliveries, desks and prints. */
export const outCalls = ({ get, post }: Pick<Wire, 'get' | 'post'>) => ({
  delivery: () => get<DeliverReply>('/api/deliver'),
  deliver: (body: DeliverBody) => post<DeliverReply>('/api/deliver', body),
  desks: () => get<DesksReply>('/api/desks'),
  askDesks: (body: DesksBody) => post<DesksReply>('/api/desks', body),
  /** @param desk its id */
  sendToDesk: (desk: string, filenames: readonly string[], request_id: string) =>
    post<DeskSendReply>('/api/desk-send', { desk, filenames, request_id }),
  /** @param copies 0 takes the wish back */
  print: (filename: string, copies: number, again: boolean, request_id: string) =>
    post<PrintReply>('/api/print', { filename, copies, ...(again && { again }), request_id }),
  prints: () => get<PrintsView>('/api/prints'),
  askPrints: (body: PrintsBody) => post<PrintsView>('/api/prints', body),
  printSettings: () => get<PrintSettingsReply>('/api/print-settings'),
  savePrintSettings: (change: PrintSettingsBody) => post<PrintSettings>('/api/print-settings', change),
})
