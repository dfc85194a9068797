import { Type, type Static } from 'typebox'
import { closed, requestId } from './shapes.ts'

/** The longest publish delay, seconds. */
export const LONGEST_DELAY = 30
export const PublishDelaySettings = Type.Object({
  hold_seconds: Type.Number({ minimum: 0, maximum: LONGEST_DELAY }),
})
export type PublishDelaySettings = Static<typeof PublishDelaySettings>
export const PublishDelaySettingsBody = Type.Object(
  { ...PublishDelaySettings.properties, request_id: requestId },
  closed,
)
