import assert from 'node:assert/strict'
import { screen, within } from '@testing-library/react'

/** Asserts that an element has the focus. An element itself is never handed to `assert.equal`, which would print all of React. */
export function hasFocus(element: Element): void {
  assert.ok(document.activeElement === element, `the focus is at ${named(document.activeElement)}`)
}

/** Asserts that a query found nothing. */
export function absent(element: Element | null): void {
  assert.ok(element === null, `there is ${named(element)}`)
}

/** What is written at an input: its description and its error. */
export function saidAt(input: Element): string {
  const ids = (input.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean)
  return ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ')
}

/** The words of all elements with a role, in the order of the page. */
export function textsOf(role: string, inside: HTMLElement = document.body): string[] {
  return within(inside)
    .queryAllByRole(role)
    .map((element) => element.textContent ?? '')
}

/** Finds an option of an open list. Without layout, what is placed beside a field counts as hidden. */
export function findOption(name: string): Promise<HTMLElement> {
  return screen.findByRole('option', { name, hidden: true })
}

function named(element: Element | null): string {
  if (element === null) return 'nothing'
  return `<${element.tagName.toLowerCase()}> “${(element.getAttribute('aria-label') ?? element.textContent ?? '').slice(0, 80)}”`
}
