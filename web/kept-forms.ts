import { notifications } from '@mantine/notifications'

// Dialogs in which something was typed or chosen, and which are still open.
const filled = new WeakSet<Element>()

// What is saved with each choice, outside of a form, can't be lost.
const dialogOf = (target: EventTarget | null) => {
  const dialog = target instanceof Element && target.closest('form') ? target.closest('[role=dialog]') : null
  // Those of pieces/Dialog.tsx ask by themselves before they close.
  return dialog?.querySelector('[data-asks]') ? null : dialog
}

/**
 * Keeps dialogs with a half-filled form open when Escape is pressed or something outside is clicked: only their own
 * buttons close them. Dialogs without input close as usual.
 */
export function keepFilledForms(): void {
  const note = ({ target }: Event) => {
    const dialog = dialogOf(target)
    if (dialog) filled.add(dialog)
  }
  window.addEventListener('input', note, true)
  window.addEventListener('change', note, true)
  window.addEventListener('keydown', keepOnEscape, true)
  window.addEventListener('click', keepOnClickOutside, true)
  window.addEventListener('mousedown', keepOnClickOutside, true)
}

function keepOnEscape(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || event.isComposing || !lastFilled()) return
  // Escape first closes the list of a field, which is no loss.
  if (event.target instanceof Element && event.target.closest('[aria-expanded=true]')) return
  event.stopImmediatePropagation()
  sayKept()
}

function keepOnClickOutside(event: MouseEvent): void {
  const dialog = lastFilled()
  if (!dialog || !(event.target instanceof Element)) return
  // The place around a dialog, and the shade behind it; lists and notifications that lie above are neither.
  const isAround = event.target.matches(
    '.mantine-Modal-inner, .mantine-Drawer-inner, .mantine-Modal-overlay, .mantine-Drawer-overlay',
  )
  if (!isAround) return
  event.stopImmediatePropagation()
  if (event.type === 'click') sayKept()
}

function lastFilled(): Element | undefined {
  const last = [...document.querySelectorAll('[role=dialog][aria-modal=true]')].at(-1)
  return last && filled.has(last) ? last : undefined
}

function sayKept(): void {
  notifications.show({
    id: 'kept',
    message: 'Your changes aren’t saved. Close the dialog to discard them.',
    autoClose: 4000,
  })
}
