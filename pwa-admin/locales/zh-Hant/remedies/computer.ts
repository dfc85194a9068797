import type { Same } from '../../same.ts'
import type { computer as en } from '../../en/remedies/computer.ts'

export const computer: Same<typeof en> = {
  disk_full: ['磁碟沒有足夠的空間。', '清出空間，或清空垃圾桶。取消發布仍然可用。'],
  disk_reserve: [
    '資料夾所在的磁碟已滿；預留空間讓取消發布仍可進行。',
    '清出空間：清空垃圾桶、移走其他檔案，或在「更多 > 資料夾」移動資料夾。',
  ],
  disk_read_only: ['磁碟被鎖定，或系統在出錯後改為只能讀取。', '用系統的磁碟工具解除鎖定或修復。'],
  data_read_only: [
    '磁碟被鎖定，或系統在出錯後改為只能讀取。',
    '用系統的磁碟工具解除鎖定或修復。這段時間相簿照常運作。',
  ],
  may_sleep: [
    'caffeinate（Mac）或 systemd inhibitor（Linux）都無法啟動。',
    '在系統設定裡設為永不睡眠，直到活動結束。',
  ],
  battery_low: ['電腦沒有接電源。', '接上電源。'],
  on_battery: ['電腦沒有接電源，電池撐不了一個晚上。', '接上電源。'],
  lid_closed: ['闔上又沒接電源的電腦一定會睡眠。', '打開螢幕，或接上電源。'],
  unknown_setting: ['daemon.json 裡有這個版本不認得的設定：拼錯，或屬於其他版本。', '更正或移除它。'],
  unknown_variable: ['有個變數以 LEP_ 開頭，但不屬於本程式。', '到設定它的地方更正或移除。'],
  bucket_incomplete: ['LEP_S3_… 變數只設定了一部分。', '四個都設定，或都不設定而改用「更多 > 雲端」。'],
  bucket_unfit: ['LEP_S3_… 變數之中有一個不可能正確。', '更正它，或移除後改用「更多 > 雲端」。'],
  tls_open: ['複製或備份改變了檔案權限。', '執行：chmod 600 "<data>/config/tls/authority.pem"，再重新啟動。'],
  tls_damaged: [
    '檔案被改過、不完整，或彼此不相符。',
    '從用 --keys 做的備份放回 config/tls。沒有的話，移除資料夾、重新啟動，再重新設定每台裝置。',
  ],
  tls_lost: [
    'config/tls 裡的檔案被移除了。',
    '從用 --keys 做的備份放回 config/tls。沒有的話，移除資料夾、重新啟動，再重新設定每台裝置。',
  ],
  tls_clock: ['依這台電腦的時鐘，憑證尚未生效。', '把日期與時間設為自動。'],
  tls_over: [
    '憑證授權已到期，或時鐘快了好幾年。',
    '先看時鐘。否則移除 config/tls、重新啟動，再重新設定每台裝置。',
  ],
  port_in_use: ['其他程式，或本程式的另一次啟動，正在使用它。', '結束它，或以 --https-port 8444 啟動。'],
}
