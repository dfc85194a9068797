import type { Role } from '../../contract/roles.ts'
import { prepare, type Db, type Transaction } from '../store/sql.ts'

/** Cookies that one device may hold: one for each address and scheme that it is paired at. The oldest goes first. */
const TOKENS_KEPT = 8

export interface DeviceRecord {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly pairedAt: number
  readonly seenAt: number | null
  readonly address: string | null
}

/** Paired devices. A token itself is never stored, only its hash. */
export interface Devices {
  add(device: { id: string; name: string; role: Role; tokenHash: string }): DeviceRecord
  find(id: string): DeviceRecord | undefined
  byTokenHash(hash: string): DeviceRecord | undefined
  list(): DeviceRecord[]
  /** Another token for the same device. */
  addToken(id: string, hash: string): void
  /** Forgets one token; a device without any is removed. Returns its id when it was. */
  dropToken(hash: string): string | undefined
  seen(id: string, address: string): void
  /** Undefined when there is no such device. */
  change(id: string, change: { name?: string; role?: Role }): DeviceRecord | undefined
  /** False when there is no such device. */
  remove(id: string): boolean
}

type Row = {
  id: string
  name: string
  role: Role
  paired_at: number
  seen_at: number | null
  address: string | null
}

function decode(row: Row): DeviceRecord {
  const { id, name, role, address } = row
  return { id, name, role, pairedAt: row.paired_at, seenAt: row.seen_at, address }
}

export function createDevices(db: Db, now: () => number, transaction: Transaction): Devices {
  const insert = prepare<Row>(
    db,
    'INSERT INTO devices (id, name, role, paired_at) VALUES (?, ?, ?, ?) RETURNING *',
  )
  const insertToken = prepare(
    db,
    'INSERT INTO device_tokens (token_hash, device_id, made_at) VALUES (?, ?, ?)',
  )
  const trimTokens = prepare(
    db,
    `DELETE FROM device_tokens WHERE device_id = ?1 AND token_hash NOT IN
       (SELECT token_hash FROM device_tokens WHERE device_id = ?1 ORDER BY made_at DESC LIMIT ${TOKENS_KEPT})`,
  )
  const dropToken = prepare<{ device_id: string }>(
    db,
    'DELETE FROM device_tokens WHERE token_hash = ? RETURNING device_id',
  )
  const removeBare = prepare(
    db,
    'DELETE FROM devices WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM device_tokens WHERE device_id = ?1)',
  )
  const find = prepare<Row>(db, 'SELECT * FROM devices WHERE id = ?')
  const findByToken = prepare<Row>(
    db,
    'SELECT devices.* FROM device_tokens JOIN devices ON devices.id = device_id WHERE token_hash = ?',
  )
  const all = prepare<Row>(db, 'SELECT * FROM devices ORDER BY paired_at DESC, id')
  const seen = prepare(db, 'UPDATE devices SET seen_at = ?, address = ? WHERE id = ?')
  const update = prepare<Row>(
    db,
    'UPDATE devices SET name = COALESCE(?, name), role = COALESCE(?, role) WHERE id = ? RETURNING *',
  )
  const remove = prepare(db, 'DELETE FROM devices WHERE id = ?')
  const one = (row: Row | undefined) => row && decode(row)
  return {
    add: ({ id, name, role, tokenHash }) =>
      transaction(() => {
        const row = insert.get(id, name, role, now())!
        insertToken.run(tokenHash, id, now())
        return decode(row)
      }),
    find: (id) => one(find.get(id)),
    byTokenHash: (hash) => one(findByToken.get(hash)),
    list: () => all.all().map(decode),
    addToken(id, hash) {
      transaction(() => {
        insertToken.run(hash, id, now())
        trimTokens.run(id)
      })
    },
    dropToken: (hash) =>
      transaction(() => {
        const dropped = dropToken.get(hash)
        return dropped && removeBare.run(dropped.device_id) > 0 ? dropped.device_id : undefined
      }),
    seen(id, address) {
      seen.run(now(), address, id)
    },
    change: (id, { name, role }) => one(update.get(name ?? null, role ?? null, id)),
    remove: (id) => remove.run(id) > 0,
  }
}
