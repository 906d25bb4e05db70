import { Button, type ButtonProps } from '@mantine/core'
import type { ComponentPropsWithoutRef } from 'react'
import classes from './DangerButton.module.css'

/** Lets the label of a button that repeats a long name take more than one line. */
export const longLabel = { root: classes.button ?? '', label: classes.label ?? '' }

/** The button that opens the dialog of something that takes access or data away. */
export function DangerButton(props: ButtonProps & ComponentPropsWithoutRef<'button'>) {
  return <Button color="red" variant="outline" classNames={longLabel} {...props} />
}
