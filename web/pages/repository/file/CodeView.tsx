import { syntaxHighlighting } from '@codemirror/language'
import { Compartment, EditorState } from '@codemirror/state'
import { EditorView, lineNumbers } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { colors, kindOf, languageOf } from '../edit/languages.ts'
import classes from './CodeView.module.css'

/** Text to be read: numbered lines, coloured where the language is known; of long files only what is in sight is drawn. */
export function CodeView({ text, name }: { text: string; name: string }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!place.current) return
    const language = new Compartment()
    const extensions = [...reading(name), language.of([])]
    const view = new EditorView({ parent: place.current, state: EditorState.create({ doc: text, extensions }) })
    let gone = false
    void languageOf(kindOf(name)).then((found) => {
      if (found && !gone) view.dispatch({ effects: language.reconfigure(found) })
    })
    return () => {
      gone = true
      view.destroy()
    }
  }, [text, name])
  return <div ref={place} className={classes.code} />
}

function reading(name: string) {
  return [
    lineNumbers(),
    syntaxHighlighting(colors),
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({ 'aria-label': name, 'aria-readonly': 'true', tabindex: '0' }),
  ]
}
