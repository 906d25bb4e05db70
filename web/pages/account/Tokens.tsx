import { Button } from '@mantine/core'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { z } from 'zod'
import { tokens } from '../../../api/index.ts'
import { type AddressState, useAddressState } from '../../address-state.ts'
import { useReply } from '../../hub.ts'
import { Block } from '../../pieces/Block.tsx'
import { Empty } from '../../pieces/Empty.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { counted } from '../../words.ts'
import { expiry, type Token } from './tokens/expiry.ts'
import { HowToUse } from './tokens/HowToUse.tsx'
import { NewToken } from './tokens/NewToken.tsx'
import { TokenTable } from './tokens/TokenTable.tsx'

const Search = z.object({ new: z.literal('1') })
export type Search = AddressState<typeof Search>

/** Your access tokens: what scripts and clients sign in with. */
export function Page() {
  const list = useReply(tokens.listTokens)
  const [{ new: creating }, setAddress] = useAddressState(Search)
  const button = (
    <Button
      variant="filled"
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={() => void setAddress({ new: '1' })}
    >
      New token
    </Button>
  )
  return (
    <>
      <PageHead title="Access tokens" guide="tokens" state={stateOf(list)} action={list.length > 0 && button} />
      {list.length > 0 ? (
        <TokenTable tokens={list} />
      ) : (
        <Empty title="No access tokens yet" icon={<IconKey size={28} />} action={button}>
          Scripts and clients sign in with a token instead of your password. A token never has more access than you do.{' '}
          <LinkTo to="/docs/api">API reference</LinkTo>
        </Empty>
      )}
      {list.length > 0 && (
        <Block title="Use a token" apart>
          <HowToUse token="hf_…" />
        </Block>
      )}
      <NewToken opened={creating !== undefined} onClose={() => void setAddress({ new: undefined })} />
    </>
  )
}

function stateOf(list: Token[]): string {
  if (list.length === 0) return 'No access tokens'
  const soon = list.filter((token) => expiry(token) === 'soon').length
  const over = list.filter((token) => expiry(token) === 'over').length
  const parts = [
    counted(list.length, 'token'),
    ...(soon > 0 ? [`${soon} expiring soon`] : []),
    ...(over > 0 ? [`${over} expired`] : []),
  ]
  return `${parts.join(' · ')}. Anyone who has one of your tokens can act as you.`
}
