import { maxPictureBytes } from '../../../api/index.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import { openSlots } from '../../shares/slots.ts'

const mostPixels = 4096 * 4096
const mostSeconds = 10
const side = 256

// Libraries decode outside the main thread, but each picture takes up to 64 MB while it is decoded.
const places = openSlots({ places: 2 })

let loaded: ReturnType<typeof load> | undefined

// At the first upload: a process that gets none spends neither time nor memory on it.
async function load() {
  const { default: sharp } = await import('sharp')
  // What a file is called or declared as does not matter: there is no other loader, least of all one for SVG.
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({
    operation: ['VipsForeignLoadPngBuffer', 'VipsForeignLoadJpegBuffer', 'VipsForeignLoadWebpBuffer'],
  })
  sharp.cache(false)
  sharp.concurrency(1)
  return sharp
}

/**
 * Draws a PNG, JPEG, or WebP picture again as a square WebP without metadata; nothing of what was sent is kept. Throws `400`
 * for anything else and for more than 4096 × 4096 pixels, `413` above 1 MB.
 */
export async function encodePicture(base64: string): Promise<Buffer> {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length > maxPictureBytes)
    throw new HubError('PayloadTooLarge', 'image: The picture is larger than 1 MB. Choose a smaller one.')
  loaded ??= load()
  const sharp = await loaded
  const leave = await places.enter()
  try {
    return await sharp(bytes, { limitInputPixels: mostPixels, failOn: 'error', autoOrient: true })
      .timeout({ seconds: mostSeconds })
      .resize(side, side, { fit: 'cover' })
      .webp({ quality: 85 })
      .toBuffer()
  } catch (error) {
    throw badField('image', problemOf(String(error)))
  } finally {
    leave()
  }
}

function problemOf(error: string): string {
  if (/pixel limit/.test(error)) return 'must have at most 4096 × 4096 pixels'
  if (/unsupported image format|bad seek|Input Buffer is empty/i.test(error)) return 'must be a PNG, JPEG, or WebP file'
  return 'can’t be read. The file may be damaged'
}
