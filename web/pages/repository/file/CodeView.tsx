import { syntaxHighlighting } from '@codemirror/language'
import { Compartment, EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { colors, kindOf, languageOf } from '../edit/languages.ts'
import classes from './CodeView.module.css'
import { hashOf, type Lines, linesOf, numberedLines, showLines } from './lines.ts'

/**
 * Text to be read: numbered lines, coloured where the language is known; of long files only what is in sight is drawn.
 * A press on a number puts the line into the address, and lines in the address are marked.
 */
export function CodeView({ text, name }: { text: string; name: string }) {
  const place = useRef<HTMLDivElement>(null)
  const [view, setView] = useState<EditorView>()
  const mark = useMarking(view)
  const [onPress] = useState(() => mark)
  useEffect(() => {
    if (!place.current) return
    const language = new Compartment()
    const extensions = [numberedLines(onPress), ...reading(name), language.of([])]
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({ doc: withoutLastBreak(text), extensions }),
    })
    let gone = false
    setView(made)
    void languageOf(kindOf(name)).then((found) => {
      if (found && !gone) made.dispatch({ effects: language.reconfigure(found) })
    })
    return () => {
      gone = true
      made.destroy()
    }
  }, [text, name, onPress])
  return <div ref={place} className={classes.code} />
}

// The line break that ends a file begins no line
function withoutLastBreak(text: string): string {
  return text.replace(/\r?\n$/, '')
}

/** Keeps the marked lines and the address alike; answers how to mark some by hand. */
function useMarking(view: EditorView | undefined): (lines: Lines) => void {
  const { hash } = useLocation()
  const navigate = useNavigate()
  const pressed = useRef<string>('')
  useEffect(() => {
    // What was pressed is in sight already.
    if (view) showLines(view, linesOf(`#${hash}`), pressed.current !== hash)
  }, [view, hash])
  return (lines) => {
    pressed.current = hashOf(lines)
    const search = ((before: Record<string, unknown>) => before) as never
    void navigate({
      to: '.',
      search,
      hash: pressed.current,
      replace: true,
      resetScroll: false,
      hashScrollIntoView: false,
    })
  }
}

function reading(name: string) {
  return [
    syntaxHighlighting(colors),
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({ 'aria-label': name, 'aria-readonly': 'true', tabindex: '0' }),
  ]
}
