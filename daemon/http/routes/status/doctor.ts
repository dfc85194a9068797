import { NoBody } from '../../../contract/api.ts'
import { DoctorReply } from '../../../contract/doctor.ts'
import type { Doctor } from '../../../doctor/doctor.ts'
import type { App } from '../../plugin.ts'

/** Whether everything is ready for the event. */
export function registerDoctor(app: App, needs: { doctor: Doctor }): void {
  app.post(
    '/api/doctor',
    {
      config: { access: 'editor', audit: null },
      schema: {
        summary: 'Look at everything that has to be right before an event; takes up to half a minute',
        errors: {},
        body: NoBody,
        response: { 200: DoctorReply },
      },
    },
    () => needs.doctor.examine(),
  )
}
