import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'

/** Runs in a thread of its own: sqlite.org/pragma.html#pragma_integrity_check reads every page and index. */
const db = new DatabaseSync(String(workerData), { readOnly: true, timeout: 5000 })
try {
  const [found] = db.prepare('PRAGMA integrity_check(1)').all() as { integrity_check?: string }[]
  const [link] = db.prepare('PRAGMA foreign_key_check').all()
  const said = found?.integrity_check ?? 'nothing to read'
  parentPort?.postMessage(said !== 'ok' ? said : link ? 'rows belong to nothing' : null)
} finally {
  db.close()
}
