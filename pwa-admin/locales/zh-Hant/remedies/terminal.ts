import type { Same } from '../../same.ts'
import type { terminal as en } from '../../en/remedies/terminal.ts'

export const terminal: Same<typeof en> = {
  in_use: [
    '程式已經在執行，正在使用資料夾 {folder}。',
    '啟動了第二次；可能是登入時自動啟動的。',
    '直接打開程式的頁面，它正在執行。要自己啟動，請先執行 npm run agent -- stop。',
  ],
  data_folder_closed: [
    '無法寫入資料夾 {folder}。',
    '磁碟只能讀取、不在，或屬於另一位使用者。',
    '接上或解除鎖定磁碟；Mac 請在「隱私權與安全性 > 檔案與檔案夾」允許卸除式卷宗。',
  ],
  newer_catalog: [
    '目錄資料庫是由較新版的程式建立的。',
    '在新版改過的資料夾上啟動了舊版。',
    '啟動較新版。要退回，請用 catalog.db.version-<n> 取代 catalog.db；那份副本之後的事不在裡面。',
  ],
  catalog_lost: [
    '目錄資料庫不見了或是空的，但 {folder} 裡有它認得的活動。',
    'catalog.db 被移動或刪除，或 --data 指錯資料夾。',
    '打開程式指出的頁面按「重建」，或執行 npm run rebuild。或更正 --data。相片沒有變動，賓客仍看得到。',
  ],
  catalog_damaged: [
    '目錄資料庫 {path} 已損壞，無法讀取。',
    '磁碟故障，或其他程式寫入了它。',
    '打開程式指出的頁面按「重建」，或執行 npm run rebuild。損壞的檔案會保留。之後請檢查磁碟。',
  ],
  catalog_foreign: [
    '目錄資料庫 {path} 不認得 {folder} 裡相片的活動。',
    '放進了別的資料夾的目錄資料庫。',
    '放回原來的，或在程式指出的頁面按「重建」，或執行 npm run rebuild。',
  ],
  catalog_older: [
    '目錄資料庫 {path} 比 {folder} 裡的日誌舊。',
    '放回了較舊的副本，或磁碟遺失了最後寫入的內容。',
    '在程式指出的頁面按「重建」，或執行 npm run rebuild。它會接著日誌所記的繼續。',
  ],
  nothing_to_rebuild: [
    '{folder} 裡找不到任何活動：沒有日誌，也沒有相片。',
    '資料夾是新的，或存放相片的磁碟不在。',
    '更正 --data，或接上存放相片的磁碟再執行一次。磁碟如果再也回不來，用 npm run restore 把第二份副本或備份還原到新的資料夾。',
  ],
  no_good_copy: [
    '沒有讀得出來的目錄資料庫副本。',
    '相片旁的副本不見或損壞，或磁碟不在。',
    '按「重建」：它會讀取日誌和資料夾。',
  ],
  rebuild_unread: [
    '{path} 存在，但讀不出來（{why}）。',
    '磁碟快壞了，或剛被拔掉。讀不到的內容，重建不會自行推斷。',
    '重新接上磁碟再試一次。如果還是讀不到，把這個檔案移到別處，重建會略過它繼續。如果是日誌，第二份副本和備份裡還有一份，可以放回原處。',
  ],
  rebuild_disk_full: [
    '磁碟沒有空間放新的目錄資料庫。',
    '新的目錄資料庫在舊的旁邊建立，舊的會保留。',
    '在 {folder} 和暫存檔所在的磁碟清出空間再試一次。沒有遺失任何東西。',
  ],
  rebuild_disk_failed: [
    '磁碟無法完成重建所需的動作（{why}）。',
    '磁碟快壞了、只能讀取，或被拔掉了。',
    '檢查 {folder} 的磁碟再試一次。沒有遺失任何東西。',
  ],
  no_room_for_copy: [
    '磁碟沒有空間先複製一份目錄資料庫。',
    '新版一定先複製，才更改目錄資料庫。',
    '清出空間再啟動；前一版仍可啟動。',
  ],
  copy_failed: [
    '目錄資料庫的副本無法讀回。',
    '磁碟快壞了。',
    '立刻備份到另一個磁碟（npm run backup），再從那裡繼續（npm run restore）。',
  ],
  too_many_folders: ['最多只能監看四個資料夾。', '給了超過四個 --watch。', '改給它們的上層資料夾，或減少。'],
  no_demo_camera: [
    '無法啟動虛擬相機。',
    '示範的相機程式沒有啟動，多半是連接埠或記憶體不足。',
    '改用 --demo，而不是 --demo=camera。',
  ],
  backup_busy: ['目錄資料庫忙碌中。', '程式此刻正大量寫入。', '稍後再執行一次。'],
  backup_damaged: [
    '{folder} 的備份已損壞，沒有還原任何東西。',
    '備份的檔案後來被改過或遺失。',
    '使用另一份備份。npm run backup -- --verify DIR 會列出每個不同的檔案。',
  ],
  backup_disk_full: [
    '{path} 的磁碟已滿。',
    '備份放不下。',
    '清出空間或換磁碟，再執行一次，只會複製缺少的。--photos published 小得多。',
  ],
  backup_inside: [
    '備份資料夾和資料夾互相包含。',
    '放在被備份者裡面的備份會無止境變大。',
    '選別處的資料夾，最好在另一個磁碟。',
  ],
  backup_newer_catalog: [
    '備份的目錄資料庫屬於較新版的程式。',
    '備份是由較新版做的。',
    '先更新本程式，再還原。',
  ],
  backup_no_catalog: [
    '{folder} 裡沒有目錄資料庫，沒有東西可備份。',
    '--data 指定了從未用過的資料夾。',
    '給活動啟動時所用的資料夾。',
  ],
  backup_no_event: ['沒有活動 {event}。', '--event 打錯了。', '用 npm run events -- list 查看名稱。'],
  backup_none: [
    '{folder} 裡沒有備份。',
    '沒有 manifest.json：是別的資料夾，或是備份裡面的資料夾。',
    '給放有 manifest.json 的資料夾。',
  ],
  backup_not_empty: ['{folder} 裡有備份以外的東西。', '備份不與其他檔案混在一起。', '選新的或空的資料夾。'],
  backup_source_unread: ['無法讀取 {path}。', '磁碟不在或快壞了。', '接上磁碟；先複製還能讀的。'],
  backup_target_unwritable: ['無法寫入 {path}。', '磁碟只能讀取，或拒絕寫入。', '解除鎖定，或換一個磁碟。'],
  backup_unfinished: [
    '{folder} 的備份沒有完成。',
    '中途停止，或磁碟被拔掉。',
    '對同一個資料夾再執行 npm run backup。',
  ],
  backup_unsound: ['寫到 {path} 的內容與讀回的不同。', '那個磁碟或它的線快壞了。', '換一個磁碟。'],
  restore_no_room: [
    '{folder} 的磁碟剩 {free} MB，備份需要 {bytes} MB。',
    '備份放不下。',
    '清出空間，或還原到另一個磁碟。',
  ],
  restore_not_empty: [
    '資料夾 {folder} 不是空的。',
    '還原不會與現有內容混在一起。',
    '用 --data 指定新的資料夾。',
  ],
  restore_unfinished: [
    '資料夾 {folder} 沒有還原完成。',
    '還原中途停止。',
    '用同一份備份再執行 npm run restore，或用別的 --data 啟動。',
  ],
  import_no_folder: ['沒有資料夾 {folder}。', '路徑打錯，或磁碟不在。', '請更正。'],
  import_not_one: [
    '{folder} 不是前一套系統的資料夾。',
    '裡面沒有 photos_buffer，也沒有 photos_web。',
    '給前一套系統的專案資料夾。',
  ],
  import_unsound: ['{path} 的副本與讀到的不同。', '磁碟快壞了。', '換一個磁碟；前一套系統的東西沒有變動。'],
  deliver_no_catalog: [
    '{folder} 裡沒有目錄資料庫，沒有可交的。',
    '--data 指向另一個資料夾。',
    '指定程式的資料夾。',
  ],
  deliver_no_event: ['沒有活動「{event}」。', '名稱打錯了。', '用 npm run events -- list 查看名稱。'],
}
