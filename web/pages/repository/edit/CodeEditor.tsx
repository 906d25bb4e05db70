import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { useEffect, useRef, useState } from 'react'
import classes from './CodeEditor.module.css'
import { colors, kindOf, languageOf } from './languages.ts'

interface Editing {
  /** The text it begins with. */
  text: string
  path: string
  /** Told once, with the way to read what is there now. */
  onReady: (read: () => string) => void
  onEdited: (isChanged: boolean) => void
}

/** A text editor with line numbers and colours; line ends stay what they were. */
export function CodeEditor({ text, path, onReady, onEdited }: Editing) {
  const place = useRef<HTMLDivElement>(null)
  const [start] = useState(() => ({ text, onReady, onEdited, slots: newSlots() }))
  const [view, setView] = useState<EditorView>()
  useEffect(() => {
    if (place.current === null) return
    const state = EditorState.create({ doc: start.text, extensions: extensionsOf(start.text, start.slots) })
    const watched = EditorView.updateListener.of((update) => {
      if (update.docChanged) start.onEdited(!update.state.doc.eq(state.doc))
    })
    const made = new EditorView({
      parent: place.current,
      state: state.update({ effects: start.slots.watch.reconfigure(watched) }).state,
    })
    start.onReady(() => made.state.sliceDoc())
    setView(made)
    return () => made.destroy()
  }, [start])
  useNamed(view, start.slots, path)
  return <div ref={place} className={classes.editor} />
}

/** The parts of the editor that change while it is open. */
interface Slots {
  language: Compartment
  name: Compartment
  watch: Compartment
}

function newSlots(): Slots {
  return { language: new Compartment(), name: new Compartment(), watch: new Compartment() }
}

// Colours, wrapping and the name for screen readers follow the name of the file, also while it is being typed.
function useNamed(view: EditorView | undefined, slots: Slots, path: string): void {
  const kind = kindOf(path)
  useEffect(() => {
    if (view === undefined) return
    let isCurrent = true
    void languageOf(kind).then((language) => {
      if (isCurrent) view.dispatch({ effects: slots.language.reconfigure(language ?? []) })
    })
    return () => {
      isCurrent = false
    }
  }, [view, slots, kind])
  useEffect(() => {
    const attributes = { 'aria-label': `Text of ${path || 'the new file'}`, spellcheck: 'false' }
    const isProse = kind === 'markdown' || kind === 'text'
    const named = [EditorView.contentAttributes.of(attributes), isProse ? EditorView.lineWrapping : []]
    view?.dispatch({ effects: slots.name.reconfigure(named) })
  }, [view, slots, kind, path])
}

function extensionsOf(text: string, slots: Slots): Extension[] {
  // Only where every line ends so; a mixture is written with plain ends.
  const endsWithReturns = /\r\n/.test(text) && !/(^|[^\r])\n|\r(?!\n)/.test(text)
  return [
    ...(endsWithReturns ? [EditorState.lineSeparator.of('\r\n')] : []),
    lineNumbers(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    drawSelection(),
    history(),
    indentOnInput(),
    bracketMatching(),
    syntaxHighlighting(colors),
    // Escape, then Tab leads out of the editor.
    keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
    ...Object.values(slots).map((slot: Compartment) => slot.of([])),
  ]
}
