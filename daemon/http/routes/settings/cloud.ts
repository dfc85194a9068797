import {
  CloudSettingsBody,
  CloudSettingsView,
  CloudTestReply,
  BulkRemovalBody,
} from '../../../contract/cloud.ts'
import { NoBody } from '../../../contract/api.ts'
import { Type } from 'typebox'
import type { BulkRemovalGuard } from '../../../publish/bulk-removal.ts'
import { settingsChanged, type AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'

const Done = Type.Object({ status: Type.Literal('success') })

export interface CloudSettingsCalls {
  view: () => CloudSettingsView
  save: (change: Omit<CloudSettingsBody, 'request_id'>) => Promise<void>
  test: () => Promise<CloudTestReply>
}

const bulkRemovalAudit = ({ body }: AuditedCall<BulkRemovalBody>) => ({
  what: body.action === 'allow' ? 'mass removal allowed' : 'mass removal refused',
  subject: '',
  details: [],
})

/** The cloud's settings, which are the owner's, and the owner's word before many photos leave. */
export function registerCloud(
  app: App,
  needs: CloudSettingsCalls & { bulkRemoval: BulkRemovalGuard; retryUploads: () => void },
): void {
  const config = { access: 'owner', audit: null } as const

  app.get(
    '/api/cloud-settings',
    {
      config,
      schema: {
        summary: "The cloud's settings, without secrets",
        errors: {},
        response: { 200: CloudSettingsView },
      },
    },
    async () => needs.view(),
  )
  app.post(
    '/api/cloud-settings',
    {
      config: { ...config, audit: settingsChanged('cloud') },
      schema: {
        summary: "Change the cloud's settings",
        errors: { 409: ['secrets_open', 'from_environment'], 422: ['cloud_incomplete'] },
        body: CloudSettingsBody,
        response: { 200: CloudSettingsView },
      },
    },
    async ({ body: { request_id: _, ...change } }) => {
      await needs.save(change)
      return needs.view()
    },
  )
  app.post(
    '/api/cloud-test',
    {
      config,
      schema: {
        summary: "Try the cloud's settings out",
        errors: {},
        body: NoBody,
        response: { 200: CloudTestReply },
      },
    },
    () => needs.test(),
  )
  app.post(
    '/api/retry-uploads',
    {
      config: { access: 'editor', audit: null },
      schema: {
        summary: 'Try at once what could not be uploaded',
        errors: {},
        body: NoBody,
        response: { 200: Done },
      },
    },
    async () => {
      needs.retryUploads()
      return { status: 'success' as const }
    },
  )
  app.post(
    '/api/mass-removal',
    {
      config: { ...config, audit: bulkRemovalAudit },
      schema: {
        summary: 'Allow or refuse that many photos leave the gallery',
        errors: {},
        body: BulkRemovalBody,
        response: { 200: Done },
      },
    },
    async ({ body }) => {
      needs.bulkRemoval[body.action]()
      return { status: 'success' as const }
    },
  )
}
