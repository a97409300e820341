import { create } from 'qrcode'
import type { Secret } from '#oauth/secret'

/** Modules of light around the code that scanners need (ISO/IEC 18004 §9.1). */
const QUIET_ZONE = 4

/** A QR code as the data of one SVG path, on a square of `size` units: a picture without styles, which the page's policy allows. */
export function qrCode(text: Secret): { path: string; size: number } {
  const { modules } = create(text.reveal(), { errorCorrectionLevel: 'M' })
  const size = modules.size + 2 * QUIET_ZONE
  let path = ''
  for (let row = 0; row < modules.size; row++) {
    for (let column = 0; column < modules.size; column++) {
      if (modules.get(row, column)) path += `M${column + QUIET_ZONE} ${row + QUIET_ZONE}h1v1h-1z`
    }
  }
  return { path, size }
}
