/** The next round number that a scale can end with: 1, 2, 4, 10, 20, 40, 100, …; its half is whole from 2 on. */
export function stepAbove(most: number): number {
  if (most <= 2) return 2
  const size = 10 ** Math.floor(Math.log10(most))
  const step = [1, 2, 4, 6, 8, 10].find((factor) => factor * size >= most) ?? 10
  return step * size
}

/** How far below the upper edge a value stands, in a room of so many pixels whose upper edge is `top`. */
export function heightOf(value: number, top: number, room: number): number {
  return room - (Math.min(value, top) / top) * room
}

/** The outline of an area made of steps, one per pair of its upper and lower edge. */
export function stepPath(pairs: [upper: number, lower: number][], x: (index: number) => number): string {
  if (pairs.length === 0) return ''
  const along = (edge: 0 | 1) => pairs.map((pair, index) => [x(index), x(index + 1), pair[edge]] as const)
  const upper = along(0).map(([from, to, y]) => `${at(from, y)}L${at(to, y)}`)
  const lower = along(1)
    .toReversed()
    .map(([from, to, y]) => `${at(to, y)}L${at(from, y)}`)
  return `M${[...upper, ...lower].join('L')}Z`
}

function at(x: number, y: number): string {
  return `${Math.round(x * 100) / 100} ${Math.round(y * 100) / 100}`
}
