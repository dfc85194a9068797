import { prepare, type Db } from './sql.ts'

export interface DeviceRecord {
  readonly id: string
  readonly name: string
  readonly role: 'editor'
  readonly pairedAt: number
  readonly seenAt: number | null
  readonly address: string | null
}

/** Paired devices. The token itself is never stored, only its hash. */
export interface Devices {
  add(device: { id: string; name: string; role: 'editor'; tokenHash: string }): DeviceRecord
  byTokenHash(hash: string): DeviceRecord | undefined
  list(): DeviceRecord[]
  seen(id: string, address: string): void
  /** False when there is no such device. */
  remove(id: string): boolean
}

type Row = {
  id: string
  name: string
  role: 'editor'
  paired_at: number
  seen_at: number | null
  address: string | null
}

function decode(row: Row): DeviceRecord {
  const { id, name, role, address } = row
  return { id, name, role, pairedAt: row.paired_at, seenAt: row.seen_at, address }
}

export function createDevices(db: Db, now: () => number): Devices {
  const insert = prepare<Row>(
    db,
    'INSERT INTO devices (id, name, role, token_hash, paired_at) VALUES (?, ?, ?, ?, ?) RETURNING *',
  )
  const find = prepare<Row>(db, 'SELECT * FROM devices WHERE token_hash = ?')
  const all = prepare<Row>(db, 'SELECT * FROM devices ORDER BY paired_at DESC, id')
  const seen = prepare(db, 'UPDATE devices SET seen_at = ?, address = ? WHERE id = ?')
  const remove = prepare(db, 'DELETE FROM devices WHERE id = ?')
  return {
    add: ({ id, name, role, tokenHash }) => decode(insert.get(id, name, role, tokenHash, now())!),
    byTokenHash(hash) {
      const row = find.get(hash)
      return row && decode(row)
    },
    list: () => all.all().map(decode),
    seen(id, address) {
      seen.run(now(), address, id)
    },
    remove: (id) => remove.run(id) > 0,
  }
}
