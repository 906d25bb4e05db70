import type { CSSVariablesResolver, MantineColorsTuple } from '@mantine/core'
import { Anchor, Button, createTheme, Menu, Modal, Notification, Tooltip } from '@mantine/core'

const hall: MantineColorsTuple = [
  '#e8f5f8',
  '#d2e8ee',
  '#a6d1dc',
  '#77b9c9',
  '#52a6b9',
  '#3b97ac',
  '#217a8f',
  '#1a6678',
  '#125565',
  '#094452',
]

const slate: MantineColorsTuple = [
  '#d8dce1',
  '#b6bcc4',
  '#9aa2ac',
  '#6c747e',
  '#444b54',
  '#343a42',
  '#262b31',
  '#1a1e23',
  '#14171b',
  '#0e1013',
]

/** One accent colour, greys, the system's typeface; red is left for danger. */
export const theme = createTheme({
  primaryColor: 'hall',
  primaryShade: { light: 7, dark: 6 },
  colors: { hall, dark: slate },
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.5rem', lineHeight: '1.3' }, h2: { fontSize: '1.125rem' } },
  },
  components: {
    Anchor: Anchor.extend({ defaultProps: { underline: 'hover' } }),
    Button: Button.extend({ defaultProps: { variant: 'default' } }),
    Menu: Menu.extend({ defaultProps: { shadow: 'sm', withinPortal: true, withInitialFocusPlaceholder: false } }),
    Modal: Modal.extend({
      defaultProps: { centered: true, closeButtonProps: { 'aria-label': 'Close' } },
      styles: { title: { lineHeight: 1.35, overflowWrap: 'anywhere', fontWeight: 600 } },
    }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
    Tooltip: Tooltip.extend({
      defaultProps: { events: { hover: true, focus: true, touch: true }, multiline: true, maw: 320 },
    }),
  },
})

/** Text that is toned down keeps a contrast of 4.5 to 1 in both schemes. */
export const variables: CSSVariablesResolver = () => ({
  // The one width of text and forms; only tables and pictures are wider.
  variables: { '--hall-column': '720px' },
  light: {
    '--mantine-color-dimmed': '#59626c',
    '--mantine-color-placeholder': '#6b747e',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-hall-light': '#e3f1f5',
    '--mantine-color-hall-light-hover': '#d8ebf0',
    '--mantine-color-hall-light-color': '#0d4a58',
    '--mantine-color-red-light-color': '#b02525',
    '--mantine-color-green-light': '#e3f6e8',
    '--mantine-color-green-light-color': '#14532d',
    '--mantine-color-orange-light': '#fdf0de',
    '--mantine-color-orange-light-color': '#8a4105',
    '--mantine-color-red-outline': '#c92a2a',
    '--mantine-color-yellow-light': '#fff5db',
    '--mantine-color-yellow-light-color': '#7a4f01',
    '--hall-soft': '#f6f8f9',
    '--hall-code': '#eceff2',
    '--hall-line': '#dfe4e8',
  },
  dark: {
    '--mantine-color-dimmed': '#a3abb5',
    '--mantine-color-placeholder': '#8e97a1',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-hall-light': 'rgb(82 166 185 / 16%)',
    '--mantine-color-hall-light-hover': 'rgb(82 166 185 / 22%)',
    '--mantine-color-hall-light-color': '#a6d1dc',
    '--mantine-color-red-light': 'rgb(255 107 107 / 13%)',
    '--mantine-color-red-light-hover': 'rgb(255 107 107 / 19%)',
    '--mantine-color-red-light-color': '#ffa8a8',
    '--mantine-color-green-light': 'rgb(64 192 87 / 13%)',
    '--mantine-color-green-light-color': '#b2e6c0',
    '--mantine-color-orange-light': 'rgb(255 146 43 / 13%)',
    '--mantine-color-orange-light-color': '#ffc078',
    '--mantine-color-red-outline': '#ff8787',
    '--mantine-color-yellow-light': 'rgb(250 176 5 / 13%)',
    '--mantine-color-yellow-light-color': '#ffd97a',
    '--hall-soft': '#1f2429',
    '--hall-code': '#2d333a',
    '--hall-line': '#343a42',
  },
})
