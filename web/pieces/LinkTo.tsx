import { Anchor, type AnchorProps, Button, type ButtonProps, Menu, type MenuItemProps } from '@mantine/core'
import { Link, type LinkProps } from '@tanstack/react-router'
import type { ComponentProps, ReactNode } from 'react'
import { nextHash } from '../next.ts'
import type { PageOf, Path, Place } from '../places.ts'

type To = Path | Place['to']

type Target<Page extends To> = PageOf<Page> & {
  /** Where a door leads afterwards. */
  next?: string
  /** Loads the page from the server, so that nothing stays open over it. */
  reloadDocument?: boolean
}

type Look<Props> = Props & { title?: string; children: ReactNode }

// What the types have checked, the router is given as it is.
type Unchecked = {
  to: string
  params?: object
  search?: object
  hash?: string
  next?: string
  reloadDocument?: boolean
}

function apart<Props extends object>(props: Props) {
  const { to, params, search, hash, next, reloadDocument, ...look } = props as Props & Unchecked
  const place = { to, params, search, hash: next === undefined ? hash : nextHash(next) }
  // By itself a link counts as current on every page below its own.
  const leadsTo = { ...place, reloadDocument, activeOptions: { exact: true } } as LinkProps
  return { leadsTo, look }
}

/** A link without a look of its own. */
export function PlaceLink<const Page extends To>(props: Target<Page> & Omit<ComponentProps<'a'>, 'href'>) {
  const { leadsTo, look } = apart<object>(props)
  return <Link {...leadsTo} {...look} />
}

/** A link to another page of these pages. */
export function LinkTo<const Page extends To>(props: Target<Page> & Look<AnchorProps>) {
  const { leadsTo, look } = apart<Look<AnchorProps>>(props)
  return (
    <Anchor
      inherit={look.size === undefined && look.fz === undefined}
      {...look}
      renderRoot={(rest) => <Link {...leadsTo} {...rest} />}
    />
  )
}

/** A link that looks like a button. */
export function ButtonTo<const Page extends To>(props: Target<Page> & Look<ButtonProps>) {
  const { leadsTo, look } = apart<Look<ButtonProps>>(props)
  return <Button {...look} renderRoot={(rest) => <Link {...leadsTo} {...rest} />} />
}

/** An item of a menu that leads to another page. */
export function MenuItemTo<const Page extends To>(props: Target<Page> & Look<MenuItemProps>) {
  const { leadsTo, look } = apart<Look<MenuItemProps>>(props)
  return <Menu.Item {...look} renderRoot={(rest) => <Link {...leadsTo} {...rest} />} />
}
