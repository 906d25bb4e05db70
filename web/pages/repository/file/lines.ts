import { StateEffect, StateField } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, lineNumbers } from '@codemirror/view'

/** A line of a file, or some that follow each other, counted from 1. */
export interface Lines {
  first: number
  last: number
}

/** The lines that the end of an address names: `#L10` or `#L10-L20`. */
export function linesOf(hash: string): Lines | undefined {
  const match = /^#L(\d+)(?:-L(\d+))?$/.exec(hash)
  if (!match) return undefined
  const [one, other] = [Number(match[1]), Number(match[2] ?? match[1])]
  return { first: Math.min(one, other), last: Math.max(one, other) }
}

/** The end of an address for some lines. */
export function hashOf({ first, last }: Lines): string {
  return first === last ? `L${first}` : `L${first}-L${last}`
}

const mark = Decoration.line({ class: 'cm-marked' })
const setLines = StateEffect.define<Lines | undefined>()

const marked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(shown, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setLines)) return decorated(effect.value, transaction.state.doc)
    }
    return shown
  },
  provide: (field) => EditorView.decorations.from(field),
})

function decorated(lines: Lines | undefined, doc: EditorView['state']['doc']): DecorationSet {
  if (lines === undefined || lines.first < 1) return Decoration.none
  const last = Math.min(lines.last, doc.lines)
  const numbers = Array.from({ length: Math.max(0, last - lines.first + 1) }, (_, index) => lines.first + index)
  return Decoration.set(numbers.map((number) => mark.range(doc.line(number).from)))
}

/** Marks some lines, and scrolls to them when asked. */
export function showLines(view: EditorView, lines: Lines | undefined, scroll: boolean): void {
  view.dispatch({ effects: setLines.of(lines) })
  if (!scroll || lines === undefined || lines.first > view.state.doc.lines || lines.first < 1) return
  const at = view.state.doc.line(lines.first).from
  // The page scrolls, not the editor; lines are of one height, so that those not drawn yet have their places too.
  requestAnimationFrame(() => {
    const top = view.documentTop + view.lineBlockAt(at).top
    window.scrollBy(0, top - window.innerHeight / 3)
  })
}

/** Line numbers that tell which was pressed; with Shift, from the one before to this. */
export function numberedLines(onPress: (lines: Lines) => void) {
  let from: number | undefined
  const press = (view: EditorView, line: { from: number }, event: Event) => {
    const number = view.state.doc.lineAt(line.from).number
    const start = (event as MouseEvent).shiftKey ? (from ?? number) : number
    from = start
    onPress({ first: Math.min(start, number), last: Math.max(start, number) })
    return true
  }
  return [marked, lineNumbers({ domEventHandlers: { mousedown: press } })]
}
