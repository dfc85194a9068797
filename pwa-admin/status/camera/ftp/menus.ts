/** Where a body's menu has FTP, in the words of its English menu, which are names and are translated nowhere. Written down
 * from what the makers' own manuals call these entries, of bodies from 2021 on; no body was at hand to try them, so the page
 * says that models differ. */
export const MENUS = [
  {
    maker: 'Canon',
    path: ['Network settings', 'Connection settings', 'FTP trans.'],
    set: ['Passive mode: Enable', 'FTP transfer settings > Automatic transfer: Enable'],
  },
  {
    maker: 'Nikon',
    path: ['NETWORK MENU', 'Connect to FTP server', 'Network settings', 'Create profile'],
    set: ['PASV mode: ON', 'Options > Auto upload: ON'],
  },
  {
    maker: 'Sony',
    path: ['Network', 'Transfer/Remote', 'FTP Transfer Func.', 'Server Setting'],
    set: ['FTP Function: On', 'Auto FTP Transfer: On'],
  },
  {
    maker: 'Fujifilm',
    path: ['NETWORK/USB SETTING', 'NETWORK SETTING', 'FTP'],
    set: ['PASV mode: ON', 'FTP OPTIONAL SETTING'],
  },
  {
    maker: 'Panasonic',
    path: ['Setup', 'IN/OUT', 'Wi-Fi', 'FTP'],
    set: ['PASV: ON'],
  },
] as const
export type Maker = (typeof MENUS)[number]['maker']
