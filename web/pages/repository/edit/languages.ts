import { defaultHighlightStyle, HighlightStyle, type LanguageSupport } from '@codemirror/language'

type Kind = 'markdown' | 'python' | 'json' | 'yaml' | 'text'

const kinds: Record<string, Kind> = {
  md: 'markdown',
  markdown: 'markdown',
  py: 'python',
  json: 'json',
  jsonl: 'json',
  ipynb: 'json',
  yaml: 'yaml',
  yml: 'yaml',
}

/** What a file is written in, by its name. */
export function kindOf(path: string): Kind {
  return kinds[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? 'text'
}

/** The language of a file for the editor, fetched when it is first needed; undefined where there is none. */
export async function languageOf(kind: Kind): Promise<LanguageSupport | undefined> {
  switch (kind) {
    case 'markdown':
      return cardLanguage()
    case 'python':
      return (await import('@codemirror/lang-python')).python()
    case 'json':
      return (await import('@codemirror/lang-json')).json()
    case 'yaml':
      return (await import('@codemirror/lang-yaml')).yaml()
    case 'text':
      return undefined
  }
}

// Cards begin with metadata in YAML.
async function cardLanguage(): Promise<LanguageSupport> {
  const [{ markdown }, { yamlFrontmatter }] = await Promise.all([
    import('@codemirror/lang-markdown'),
    import('@codemirror/lang-yaml'),
  ])
  return yamlFrontmatter({ content: markdown() })
}

// The library's own colours are for white paper; each has one beside it that is read as well on dark.
const darkColors: Record<string, string> = {
  '#404740': '#a3abb5',
  '#708': '#d6a8f0',
  '#219': '#a9b4ff',
  '#164': '#8fd4a8',
  '#a11': '#ffa8a8',
  '#e40': '#ffb48a',
  '#00f': '#9cc4ff',
  '#30a': '#c3b1ff',
  '#085': '#7fd6b4',
  '#167': '#86d0e0',
  '#256': '#93c7d6',
  '#00c': '#9cb8ff',
  '#940': '#e6b877',
  '#f00': '#ff8787',
}
const lightColors: Record<string, string> = { '#e40': '#b33c00', '#f00': '#c00000' }

/** Colours of the languages, for light and dark. */
export const colors = HighlightStyle.define(
  defaultHighlightStyle.specs.map((spec) => {
    const { color } = spec as { color?: string }
    if (color === undefined) return spec
    return { ...spec, color: `light-dark(${lightColors[color] ?? color}, ${darkColors[color] ?? color})` }
  }),
)
