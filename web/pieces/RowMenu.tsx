import { Menu } from '@mantine/core'
import { type ReactElement, type ReactNode, type Ref, useEffect, useRef, useState } from 'react'

/** What the button of a {@link RowMenu} is given. */
export interface RowMenuButton {
  ref?: Ref<HTMLButtonElement>
  onClick?: () => void
  'aria-haspopup'?: 'menu'
  'aria-expanded'?: boolean
}

interface RowMenuProps {
  button: (props: RowMenuButton) => ReactElement
  width: number
  position: 'bottom-start' | 'bottom-end'
  children: () => ReactNode
}

/** A menu in a row of a long table: only its button is drawn until it is first used, since a menu costs more than a row. */
export function RowMenu({ button, width, position, children }: RowMenuProps) {
  const [used, setUsed] = useState(false)
  if (!used) return button({ onClick: () => setUsed(true), 'aria-haspopup': 'menu', 'aria-expanded': false })
  return (
    <UsedMenu button={button} width={width} position={position}>
      {children}
    </UsedMenu>
  )
}

function UsedMenu({ button, width, position, children }: RowMenuProps) {
  const [opened, setOpened] = useState(false)
  const target = useRef<HTMLButtonElement>(null)
  // The focus was on the button that this one took the place of, and comes back here when the menu closes.
  useEffect(() => {
    target.current?.focus()
    setOpened(true)
  }, [])
  return (
    <Menu opened={opened} onChange={setOpened} width={width} position={position}>
      <Menu.Target>{button({ ref: target })}</Menu.Target>
      <Menu.Dropdown>{children()}</Menu.Dropdown>
    </Menu>
  )
}
