import type { Same } from '../../same.ts'
import type { checks as enChecks, verdicts as enVerdicts } from '../../en/remedies/doctor.ts'

export const checks: Same<typeof enChecks> = {
  data: '所有東西都在一個資料夾裡，指錯的話活動看起來是空的。',
  catalog: '目錄資料庫記得每張相片和對它的決定。',
  folders: '每個相片資料夾都有記號，沒有記號的是別的磁碟，不會寫入。',
  permissions: '系統會擋住程式使用磁碟和記憶卡，直到有人允許。',
  disk_room: '磁碟滿了就收不到相片。剩不到 1,500 張的空間，一個晚上可能不夠。',
  spill: '相片磁碟可能中途被拔掉。那時新相片會暫存在資料夾裡，前提是還有空間。',
  disk_speed: '磁碟太慢會拖住每一張進來的相片。',
  node: '程式需要這個版本或更新的 Node。',
  libgphoto2: '程式透過這個程式庫與相機溝通。',
  camera: '休眠、卡滿或被占用的相機不會送來相片。',
  usb: '接在慢速連接埠的相機或讀卡機要花上好幾倍的時間。',
  reader: '記憶卡一插入就會讀取。',
  fonts: '浮水印和標題需要字型。',
  power: '睡眠中的電腦不會接收也不會發布。',
  ports: '裝置和賓客透過連接埠連到程式。',
  addresses: '裝置和賓客需要一個可以連的位址。',
  local_network: 'macOS 會詢問程式能否與網路上的裝置通訊；拒絕的話就連不到 Wi-Fi 相機。',
  firewall: '防火牆會擋住 iPad 和賓客，而 Mac 上看起來一切正常。',
  certificate: '沒有憑證就無法在 iPad 安裝程式。',
  clock: '時鐘不對時儲存桶會拒絕要求，相片時間也會錯。',
  bucket: '外面的賓客讀的是儲存桶。',
  uplink: '外面的賓客多快看到相片，取決於上傳速度。',
  public: '公開網址要能顯示儲存桶的內容。',
  cdn: '快取不能留著已取下的相片，也不能長時間留著清單。',
  pages: '公開網頁與本程式必須是同一版本。',
  rehearsed: '在第一位賓客到來之前，讓一張測試照走完全程，能找出單項檢查看不到的問題。',
  calls: '免費方案每天的呼叫次數有限，用完後新來的賓客什麼都看不到。',
}

export const verdicts: Same<typeof enVerdicts> = {
  fine: ['一切正常。', '不必處理。'],
  unseen: ['目前無法得知，這不是問題。', '等句子裡提到的東西就緒後，再檢查一次。'],
}
