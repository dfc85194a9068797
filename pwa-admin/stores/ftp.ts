import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { FtpBody, FtpCredentials } from '../../daemon/contract/ftp.ts'
import { useNeeds } from '../connection/needs.ts'
import { useSystem } from './system.ts'

/** Cameras that send by FTP. How they are is in the status, which everybody gets; their passwords, which the owner alone
 * gets, are asked for here. */
export const useFtp = defineStore('ftp', () => {
  const { api } = useNeeds()
  const system = useSystem()
  const passwords = shallowRef<ReadonlyMap<string, string>>(new Map())
  /** What was thrown when they could not be asked. */
  const failed = ref<unknown>(null)
  const status = computed(() => system.status?.ftp ?? null)

  let changes = 0

  async function load(): Promise<void> {
    const before = changes
    try {
      const { cameras } = await api.ftp()
      // A password that was made meanwhile is newer than this answer.
      if (changes !== before) return
      passwords.value = new Map(cameras.map(({ id, password = '' }) => [id, password]))
      failed.value = null
    } catch (error) {
      failed.value = error
    }
  }

  /** @returns what a person types into the camera, after `add` and `password`
   * @throws ApiFailure */
  async function change(body: FtpBody): Promise<FtpCredentials | null> {
    const { ftp, receiver } = await api.changeFtp(body)
    changes += 1
    if (ftp) passwords.value = new Map([...passwords.value, [ftp.id, ftp.password]])
    if (system.status) system.status = { ...system.status, ftp: receiver }
    return ftp
  }

  return { status, passwords, failed, load, change }
})
