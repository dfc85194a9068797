/** The ways to ask the daemon, of which each list of calls takes what it needs.
 * `limit`: milliseconds that an answer is waited for. */
export interface Wire {
  get<T>(path: string): Promise<T>
  post<T>(path: string, body: object): Promise<T>
  upload<T>(path: string, file: File): Promise<T>
  call<T>(path: string, init: RequestInit, limit: number): Promise<T>
  answered(path: string, init: RequestInit, limit: number): Promise<Response>
}
