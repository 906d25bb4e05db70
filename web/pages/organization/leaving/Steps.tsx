import { UnstyledButton } from '@mantine/core'
import classes from './Leaving.module.css'

interface Way {
  steps: string[]
  /** Which one is shown, from 1. */
  now: number
  onGo: (step: number) => void
}

/** The steps of a task; completed ones are buttons that lead back. */
export function Steps({ steps, now, onGo }: Way) {
  return (
    <ol className={classes.steps} aria-label="Steps">
      {steps.map((words, index) => {
        const step = index + 1
        const state = step < now ? 'done' : step === now ? 'now' : 'ahead'
        return (
          <li
            key={words}
            className={classes.step}
            data-state={state}
            aria-current={state === 'now' ? 'step' : undefined}
          >
            {state === 'done' ? (
              <UnstyledButton fz="inherit" c="inherit" onClick={() => onGo(step)}>
                {step}. {words}
              </UnstyledButton>
            ) : (
              `${step}. ${words}`
            )}
          </li>
        )
      })}
    </ol>
  )
}
