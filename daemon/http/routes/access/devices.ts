import type { Pairing } from '../../../access/pairing.ts'
import type { DeviceRecord, Devices } from '../../../catalog/people/devices.ts'
import { DeviceBody, DevicesReply, type DeviceView } from '../../../contract/access.ts'
import { Refusal } from '../../../errors.ts'
import type { App } from '../../plugin.ts'

/** The owner's list of paired devices: what each is called and may do, and its end. */
export function registerDevices(
  app: App,
  needs: { pairing: Pick<Pairing, 'find' | 'change' | 'revoke'>; devices: Pick<Devices, 'list'> },
): void {
  const { pairing, devices } = needs
  const list = (own: string | undefined) => ({ devices: devices.list().map((one) => view(one, own)) })

  app.get(
    '/api/devices',
    { config: { access: 'owner' }, schema: { response: { 200: DevicesReply } } },
    async ({ who }) => list(who.device?.id),
  )

  app.post(
    '/api/devices',
    { config: { access: 'owner' }, schema: { body: DeviceBody, response: { 200: DevicesReply } } },
    async (request) => {
      const { body, who } = request
      const before = pairing.find(body.id)
      if (!before) throw new Refusal(404, 'no_such_device', `There is no device ${JSON.stringify(body.id)}.`)
      if (body.action === 'revoke') {
        pairing.revoke(body.id)
        request.deed = { deed: { what: 'revoked', subject: before.name, details: [] } }
        return list(who.device?.id)
      }
      const { role, name } = body
      const after = pairing.change(body.id, { ...(role && { role }), ...(name && { name }) }) ?? before
      if (after.role !== before.role)
        request.deed = {
          deed: { what: 'role changed', subject: after.name, details: [before.role, after.role] },
        }
      else if (after.name !== before.name)
        request.deed = { deed: { what: 'device renamed', subject: before.name, details: [after.name] } }
      return list(who.device?.id)
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
