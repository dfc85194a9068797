import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const PYTHON = '/usr/bin/python3'

/** The same publication in Python's Pillow, in the previous system's order; and what libjpeg-turbo's decode alone
 * costs, through the same library. Each prints the CPU milliseconds of its work, starting Python not counted. */
const SCRIPT = `
import math, resource, sys
from PIL import Image, ImageEnhance, ImageFilter, ImageOps
what, source, target = sys.argv[1:4]
def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return (used.ru_utime + used.ru_stime) * 1000
start = cpu()
picture = Image.open(source)
if what == 'publish':
    picture = ImageOps.exif_transpose(picture)
    w, h = picture.size
    angle = math.radians(2.5)
    picture = picture.rotate(-2.5, resample=Image.BICUBIC, expand=True)
    keep = 0.9 / (math.cos(angle) + math.sin(angle) * max(w / h, h / w))
    cw, ch = w * keep, h * keep
    W, H = picture.size
    picture = picture.crop((int((W - cw) / 2), int((H - ch) / 2), int((W + cw) / 2), int((H + ch) / 2)))
    picture = ImageEnhance.Brightness(picture).enhance(2 ** 0.5)
    picture.thumbnail((2048, 2048), Image.LANCZOS)
    picture = picture.filter(ImageFilter.UnsharpMask(2, 150, 3))
    mark = Image.new('RGBA', picture.size, (0, 0, 0, 0))
    mark.paste((255, 255, 255, 160), (picture.width - 330, picture.height - 150, picture.width - 50, picture.height - 50))
    picture = Image.alpha_composite(picture.convert('RGBA'), mark).convert('RGB')
    picture.save(target, 'JPEG', quality=85, optimize=True, progressive=True)
else:
    shrink = int(what)
    picture.draft('RGB', (picture.width // shrink, picture.height // shrink))
    picture.load()
print(cpu() - start)
`

/** @throws Error that says how to get Pillow where it is not there */
export async function checkPillow(): Promise<void> {
  await run(PYTHON, ['-c', 'import PIL']).catch((cause: unknown) => {
    throw new Error(
      `This is measured against Python's Pillow, which ${PYTHON} does not have. On Debian: apt-get install python3-pil`,
      { cause },
    )
  })
}

/** CPU milliseconds of a publication, or of a decode at 1/2 or 1/8 of the sides. */
export async function pillow(what: 'publish' | 2 | 8, source: string, target: string): Promise<number> {
  const { stdout } = await run(PYTHON, ['-c', SCRIPT, String(what), source, target])
  return Number(stdout)
}
