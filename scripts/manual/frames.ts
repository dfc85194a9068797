import type { Language } from '../../daemon/contract/language.ts'

/** What stands around the messages in the manual. */
export const FRAMES = {
  en: {
    title: 'When something goes wrong',
    intro:
      'Every message of the program: what it says, why, and what to do. Written by `npm run docs` from the words of the app; the names in braces are filled in. Looking for a sentence? Search this page for its words, or for the code that the log and `--json` show.',
    why: '**Why**: ',
    todo: '**What to do**: ',
    parts: {
      camera: 'Camera',
      intake: 'Photos coming in',
      deciding: 'Deciding and publishing',
      events: 'Events and folders',
      cloud: 'Cloud',
      access: 'Devices and guests',
      output: 'Watermark and pictures',
      rehearsal: 'Rehearsing',
      computer: 'The computer',
      terminal: 'In the terminal',
      doctor: 'Ready? and npm run doctor',
    },
  },
  'zh-Hant': {
    title: '出問題時',
    intro:
      '程式的每一則訊息：說了什麼、為什麼、怎麼辦。由 `npm run docs` 從程式的文字產生；大括號裡的名稱會填入實際內容。要找某一句話，請在本頁搜尋它的文字，或記錄檔和 `--json` 顯示的代碼。',
    why: '**原因**：',
    todo: '**處理方式**：',
    parts: {
      camera: '相機',
      intake: '相片進來',
      deciding: '決定與發布',
      events: '活動與資料夾',
      cloud: '雲端',
      access: '裝置與賓客',
      output: '浮水印與圖片',
      rehearsal: '彩排',
      computer: '電腦',
      terminal: '終端機',
      doctor: '準備好了嗎？與 npm run doctor',
    },
  },
}

/** What codes mean that no page of ours says. */
export const UNSAID: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: {
    https_off: 'HTTPS is off on this computer, so there is nothing to install.',
    wrong_method: 'This method is not possible here.',
  },
  'zh-Hant': {
    https_off: '這台電腦沒有開啟 HTTPS，沒有可安裝的東西。',
    wrong_method: '這裡不能用這個方法。',
  },
}
