import type { WordsChange } from '../../daemon/contract/words.ts'
import type { AccessChange } from '../../daemon/contract/event-access.ts'
import type {
  ApiError,
  AutoEditReply,
  BatchPublishBody,
  BatchPublishReply,
  EventSettingsReply,
  EventsBody,
  EventsReply,
  DoneReply,
  DelayedReply,
  PublishBody,
  PublishReply,
} from '../../daemon/contract/api.ts'
import type {
  AuditReply,
  DeviceBody,
  DevicesReply,
  AccessRequestsReply,
  MeReply,
  PairCodeReply,
} from '../../daemon/contract/access.ts'
import type { CameraBody, CameraReply } from '../../daemon/contract/camera.ts'
import type { CloudSettingsBody, CloudSettingsView, CloudTestReply } from '../../daemon/contract/cloud.ts'
import type { RehearsalReply } from '../../daemon/contract/rehearsal.ts'
import type { DoctorReply } from '../../daemon/contract/doctor.ts'
import type { Edit } from '../../daemon/contract/edit.ts'
import type { FtpBody, FtpReply, FtpStatus } from '../../daemon/contract/ftp.ts'
import type { LooksBody, LooksReply, LutReply } from '../../daemon/contract/look.ts'
import type { SceneReply } from '../../daemon/contract/scene.ts'
import type { PhotoTimeline } from '../../daemon/contract/figures.ts'
import type { BugReportReply, Level, LogReply } from '../../daemon/contract/log.ts'
import type { FinalBody, FinalReply, WaitingFinals } from '../../daemon/contract/final.ts'
import type { Role } from '../../daemon/contract/roles.ts'
import type { PhotoPage, PhotoState } from '../../daemon/contract/photo.ts'
import type { PublicationPage } from '../../daemon/contract/publication.ts'
import type { WallsBody, WallsReply } from '../../daemon/contract/wall-api.ts'
import type { WatchedFoldersBody, WatchedFoldersReply } from '../../daemon/contract/watched-folders.ts'
import type {
  EventWords,
  GallerySettings,
  EventStatistics,
  FolderListing,
  FolderSettings,
} from '../../daemon/contract/settings.ts'
import type { Params } from '../../daemon/contract/message.ts'
import type { SecondCopyReply } from '../../daemon/contract/second-copy.ts'
import type { Status } from '../../daemon/contract/status.ts'
import type { EmptyTrashReply } from '../../daemon/contract/trash.ts'
import type { PublishDelaySettings } from '../../daemon/contract/publish-delay.ts'
import type { JobActionBody, JobBody, JobReply, JobsReply } from '../../daemon/contract/job.ts'
import type { RemovalAnswerBody, RemovalRequestsReply } from '../../daemon/contract/removal-request.ts'
import type { ReserveReply } from '../../daemon/contract/presence.ts'
import type { UndoList, UndoReply } from '../../daemon/contract/undo.ts'
import { CHANGE_MS, GET_MS, within } from './limit.ts'
import { outCalls } from './out-calls.ts'
import { appearanceCalls } from './appearance-calls.ts'
import { kindOf } from '../offline/decision.ts'

/** A call that did not succeed. `status` 0: no answer came, so the same request id may be sent again. */
export class ApiFailure extends Error {
  readonly status: number
  readonly code: string
  readonly params: Params
  /** The failure is on the list of what waits for a person already: the catcher only takes back what it showed. */
  readonly listed: boolean

  constructor(
    status: number,
    code: string,
    message: string,
    { listed = false, ...options }: { cause?: unknown; params?: Params | undefined; listed?: boolean } = {},
  ) {
    super(message, options)
    this.params = options.params ?? {}
    this.name = 'ApiFailure'
    this.status = status
    this.code = code
    this.listed = listed
  }
}

/** 32 hex digits. `crypto.randomUUID` is absent on plain http, which is how most venues reach the Mac. */
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

type Done = DoneReply
type Fetch = (url: string, init: RequestInit) => Promise<Response>
type SendInit = { headers?: Record<string, string>; signal?: AbortSignal; keepalive?: boolean }

/** Reads `{error:{code,message}}`, or makes one up for replies that are not ours (a proxy's page, an empty body). */
async function failureOf(response: Response): Promise<ApiFailure> {
  const body = (await response.json().catch(() => null)) as Partial<ApiError> | null
  const code = body?.error?.code ?? `http_${response.status}`
  const message = body?.error?.message ?? body?.detail ?? `HTTP ${response.status}`
  return new ApiFailure(response.status, code, message, { params: body?.error?.params })
}

export interface ApiNeeds {
  fetch: Fetch
  /** Called when the daemon no longer knows this device (401). */
  onRefused?: () => void
  /** Called when the daemon has no catalog: it shows a page of its own in the place of the app. */
  onNoCatalog?: () => void
  /** Takes over the calls that are decisions about photos, which must reach the daemon however long that takes.
   * Without it they are sent like any other. */
  decide?: (path: string, body: Readonly<Record<string, unknown>>) => Promise<unknown>
}

/** The daemon's calls. Every method rejects with ApiFailure and nothing else. */
export function createApi({ fetch, onRefused, onNoCatalog, decide }: ApiNeeds) {
  async function answered(path: string, init: RequestInit, limit: number): Promise<Response> {
    let response: Response
    try {
      response = await fetch(path, {
        credentials: 'same-origin',
        ...init,
        signal: within(limit, init.signal ?? undefined),
      })
    } catch (cause) {
      throw new ApiFailure(0, 'no_answer', `No answer to ${path}`, { cause })
    }
    if (response.status === 401) onRefused?.()
    if (!response.ok) {
      const failure = await failureOf(response)
      if (failure.code === 'catalog_unusable') onNoCatalog?.()
      throw failure
    }
    return response
  }

  async function call<T>(path: string, init: RequestInit, limit: number): Promise<T> {
    const response = await answered(path, init, limit)
    try {
      return (await response.json()) as T
    } catch (cause) {
      throw new ApiFailure(response.status, 'bad_reply', `The answer to ${path} is not JSON`, { cause })
    }
  }

  const get = <T>(path: string, limit = GET_MS) => call<T>(path, { method: 'GET' }, limit)
  const send = <T>(path: string, body: object, { headers = {}, ...init }: SendInit = {}) =>
    call<T>(
      path,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        ...init,
      },
      CHANGE_MS,
    )
  const post = <T>(path: string, body: object) =>
    decide && kindOf(path, body) !== null
      ? (decide(path, body as Readonly<Record<string, unknown>>) as Promise<T>)
      : send<T>(path, body)
  const upload = <T>(path: string, file: File) => {
    const body = new FormData()
    body.append('file', file, file.name)
    return call<T>(path, { method: 'POST', body }, CHANGE_MS)
  }
  const query = (values: Record<string, string | number | undefined>) => {
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(values))
      if (value !== undefined) search.set(name, String(value))
    return search.toString()
  }

  return {
    /** Sends a change at once, past `decide`. */
    send: (path: string, body: object, init: SendInit = {}) => send<unknown>(path, body, init),
    me: () => get<MeReply>('/api/me', 6_000),
    status: () => get<Status>('/api/status'),
    photos: (state: PhotoState, limit: number, after?: string) =>
      get<PhotoPage>(`/api/buffer?${query({ limit, after, state })}`),
    publications: (limit: number, after?: string) =>
      get<PublicationPage>(`/api/live?${query({ limit, after })}`),
    publish: (body: PublishBody) => post<PublishReply | DelayedReply>('/api/publish', body),
    batchPublish: (body: BatchPublishBody) => post<BatchPublishReply>('/api/batch_publish', body),
    unpublish: (filename: string, request_id: string) =>
      post<Done>('/api/unpublish', { filename, request_id }),
    removalRequests: () => get<RemovalRequestsReply>('/api/removals'),
    answerRemovalRequest: (id: number, action: RemovalAnswerBody['action'], request_id: string) =>
      post<Done>('/api/removals', { id, action, request_id }),
    finals: () => get<WaitingFinals>('/api/finals'),
    decideFinal: (body: FinalBody) => post<FinalReply>('/api/finals/decide', body),
    finalBack: (filename: string, request_id: string) =>
      post<FinalReply>('/api/finals/back', { filename, request_id }),
    archive: (filename: string, request_id: string) => post<Done>('/api/archive', { filename, request_id }),
    reject: (filename: string, request_id: string) => post<Done>('/api/reject', { filename, request_id }),
    restore: (filename: string, request_id: string) => post<Done>('/api/restore', { filename, request_id }),
    rate: (
      filename: string,
      marks: { rating?: number; pick?: boolean; seen?: boolean },
      request_id: string,
    ) => post<Done>('/api/rate', { filename, ...marks, request_id }),
    caption: (filename: string, words: WordsChange, request_id: string) =>
      post<Done>('/api/caption', { filename, words, request_id }),
    edit: (filename: string, edit: Edit, request_id: string) =>
      post<Done & { edit: Edit }>('/api/edit', { filename, edit, request_id }),
    changeLooks: (body: LooksBody) => post<LooksReply>('/api/looks', body),
    uploadLut: (file: File) => upload<LutReply>('/api/luts', file),
    scene: (filename: string) => get<SceneReply>(`/api/scene?${query({ filename })}`),
    applyScene: (filename: string, request_id: string) =>
      post<JobReply>('/api/scene', { filename, request_id }),
    autoEdit: (filename: string) => get<AutoEditReply>(`/api/auto-edit?${query({ filename })}`),
    eventSettings: () => get<EventSettingsReply>('/api/event-settings'),
    eventWords: () => get<EventWords>('/api/event-words'),
    saveEventWords: (change: Partial<EventWords>, request_id: string) =>
      post<EventWords>('/api/event-words', { ...change, request_id }),
    saveEventSettings: (change: Partial<GallerySettings>, request_id: string) =>
      post<EventSettingsReply>('/api/event-settings', { ...change, request_id }),
    folders: () => get<FolderSettings>('/api/folder-settings'),
    saveFolders: (change: Partial<FolderSettings>) => post<FolderSettings>('/api/folder-settings', change),
    watchedFolders: () => get<WatchedFoldersReply>('/api/watched-folders'),
    changeWatchedFolders: (body: WatchedFoldersBody) =>
      post<WatchedFoldersReply>('/api/watched-folders', body),
    listFolders: (path?: string) => get<FolderListing>(`/api/folders?${query({ path })}`),
    makeFolder: (parent: string, name: string) => post<FolderListing>('/api/folders', { parent, name }),
    timeline: (id: string) => get<PhotoTimeline>(`/api/photo-timeline?${query({ id })}`),
    log: (level: Level, part?: string) => get<LogReply>(`/api/log?${query({ level, part })}`),
    bugReport: () => get<BugReportReply>('/api/log/report'),
    statistics: () => get<EventStatistics>('/api/event-statistics'),
    retryUploads: () => post<unknown>('/api/retry-uploads', {}),
    cleanUp: () => post<{ removed: number }>('/api/cleanup-hidden-files', {}),
    continueEvent: (request_id: string) =>
      post<EventsReply>('/api/events', { action: 'continue', request_id }),
    /** What is empty is left to the daemon. */
    openEvent: (title: string, request_id: string, slug = '', prefix = '', access: AccessChange = {}) =>
      post<EventsReply>('/api/events', {
        action: 'open',
        ...(title ? { title } : {}),
        ...(slug ? { slug } : {}),
        ...(prefix ? { prefix } : {}),
        ...access,
        request_id,
      }),
    events: () => get<EventsReply>('/api/events'),
    changeEvent: (body: EventsBody) => post<EventsReply>('/api/events', body),
    undoList: () => get<UndoList>('/api/undo'),
    undo: (ids: readonly string[], request_id: string) => post<UndoReply>('/api/undo', { ids, request_id }),
    jobs: () => get<JobsReply>('/api/jobs'),
    addJob: (body: JobBody) => post<JobReply>('/api/jobs', body),
    changeJob: (id: string, action: JobActionBody['action'], request_id: string) =>
      post<JobReply>('/api/jobs/change', { id, action, request_id }),
    /** @param open a photo's name, or null when none is open any more */
    reserve: (open: string | null) => post<ReserveReply>('/api/reserve', { open }),
    emptyTrash: (count: number, request_id: string) =>
      post<EmptyTrashReply>('/api/empty-trash', { count, request_id }),
    savePublishDelay: (hold_seconds: number) =>
      post<PublishDelaySettings>('/api/hold-settings', { hold_seconds }),
    cloud: () => get<CloudSettingsView>('/api/cloud-settings'),
    saveCloud: (change: CloudSettingsBody) => post<CloudSettingsView>('/api/cloud-settings', change),
    doctor: () => post<DoctorReply>('/api/doctor', {}),
    ...outCalls({ get, post }),
    ...appearanceCalls({ get, post, upload, call, answered }),
    rehearsal: () => get<RehearsalReply>('/api/rehearsal'),
    /** @param camera waits for its next frame first */
    rehearse: (camera: string | undefined) =>
      post<RehearsalReply>('/api/rehearsal', { ...(camera !== undefined && { camera }) }),
    rehearsalShown: (id: string, photo: string) =>
      post<RehearsalReply>('/api/rehearsal/shown', { id, photo }),
    testCloud: () => post<CloudTestReply>('/api/cloud-test', {}),
    answerBulkRemoval: (action: 'allow' | 'refuse') => post<unknown>('/api/mass-removal', { action }),
    retrySkipped: (path: string | undefined, request_id: string) =>
      post<{ count: number }>('/api/set-aside', { action: 'retry', path, request_id }),
    answerOffer: (source: string, action: 'take' | 'leave', request_id: string) =>
      post<unknown>('/api/offers', { source, action, request_id }),
    checkCard: (source: string, request_id: string) =>
      post<unknown>('/api/card-check', { source, request_id }),
    setSecondCopy: (folder: string | null, request_id: string) =>
      post<SecondCopyReply>('/api/second-copy', { folder, request_id }),
    cameras: () => get<CameraReply>('/api/camera'),
    changeCamera: (body: CameraBody) => post<CameraReply>('/api/camera', body),
    ftp: () => get<FtpStatus>('/api/camera/ftp'),
    changeFtp: (body: FtpBody) => post<FtpReply>('/api/camera/ftp', body),
    pairCode: (wanted: { role?: Role; name?: string }) => post<PairCodeReply>('/api/pair/code', wanted),
    devices: () => get<DevicesReply>('/api/devices'),
    changeDevice: (body: DeviceBody) => post<DevicesReply>('/api/devices', body),
    answerAccessRequest: (id: string, action: 'allow' | 'refuse') =>
      post<AccessRequestsReply>('/api/pair/access-requests', { id, action }),
    walls: () => get<WallsReply>('/api/walls'),
    changeWalls: (body: WallsBody) => post<WallsReply>('/api/walls', body),
    audit: (device?: string, after?: string) => get<AuditReply>(`/api/audit?${query({ device, after })}`),
  }
}
export type Api = ReturnType<typeof createApi>
