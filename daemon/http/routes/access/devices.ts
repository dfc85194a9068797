import type { Pairing } from '../../../access/pairing.ts'
import type { Catalog } from '../../../catalog/catalog.ts'
import type { DeviceRecord } from '../../../catalog/people/devices.ts'
import { DeviceBody, DevicesReply, type DeviceView } from '../../../contract/access.ts'
import { Refusal } from '../../../errors.ts'
import type { AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'

interface Changed {
  readonly before: DeviceRecord
  /** Null when it was revoked. */
  readonly after: DeviceRecord | null
}

function devicesAudit({ known: { before, after } }: AuditedCall<unknown, unknown, Changed>) {
  if (!after) return { what: 'revoked', subject: before.name, details: [] }
  if (after.role !== before.role)
    return { what: 'role changed', subject: after.name, details: [before.role, after.role] }
  if (after.name === before.name) return null
  return { what: 'device renamed', subject: before.name, details: [after.name] }
}

/** The owner's list of paired devices: what each is called and may do, and its end. */
export function registerDevices(
  app: App,
  needs: {
    pairing: Pick<Pairing, 'find' | 'change' | 'revoke'>
    catalog: Pick<Catalog, 'devices' | 'transaction'>
  },
): void {
  const { pairing } = needs
  const { devices, transaction } = needs.catalog
  const list = (own: string | undefined) => ({ devices: devices.list().map((one) => view(one, own)) })

  app.get(
    '/api/devices',
    {
      config: { access: 'owner', audit: null },
      schema: { summary: 'The paired devices', errors: {}, response: { 200: DevicesReply } },
    },
    async ({ who }) => list(who.device?.id),
  )

  app.post(
    '/api/devices',
    {
      config: { access: 'owner', audit: devicesAudit },
      schema: {
        summary: 'Rename a device, change its role, or revoke it',
        errors: { 404: ['no_such_device'] },
        body: DeviceBody,
        response: { 200: DevicesReply },
      },
    },
    async (request) => {
      const { body, who } = request
      const before = pairing.find(body.id)
      if (!before) throw new Refusal(404, 'no_such_device', `There is no device ${JSON.stringify(body.id)}.`)
      const change = (): DeviceRecord | null => {
        if (body.action === 'change') {
          const { role, name } = body
          return pairing.change(body.id, { ...(role && { role }), ...(name && { name }) }) ?? before
        }
        pairing.revoke(body.id)
        return null
      }
      return transaction(() => {
        const after = change()
        const reply = list(who.device?.id)
        request.record(reply, { known: { before, after } satisfies Changed })
        return reply
      })
    },
  )
}

function view(device: DeviceRecord, own: string | undefined): DeviceView {
  const { id, name, role, address, pairedAt, seenAt } = device
  return {
    id,
    name,
    role,
    paired_at: new Date(pairedAt).toISOString(),
    seen_at: seenAt === null ? null : new Date(seenAt).toISOString(),
    address,
    own: id === own,
  }
}
