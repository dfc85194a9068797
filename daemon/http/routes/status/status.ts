import { Status } from '../../../contract/status.ts'
import type { StatusReporter } from '../../../views/status.ts'
import type { App } from '../../plugin.ts'

export function registerStatus(app: App, status: StatusReporter): void {
  app.get('/api/status', { config: { access: 'viewer' }, schema: { response: { 200: Status } } }, () =>
    status.read(),
  )
}
