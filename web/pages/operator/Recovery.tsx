import { Button } from '@mantine/core'
import { IconLifebuoy, IconPlus } from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { z } from 'zod'
import { operator, recovery } from '../../../api/index.ts'
import { type AddressState, useAddressState } from '../../address-state.ts'
import { useEndless } from '../../endless.ts'
import { useMaybe } from '../../hub.ts'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { ListPage } from '../../pieces/ListPage.tsx'
import { counted } from '../../words.ts'
import { isAlive } from '../recovery-request/words.ts'
import { recoveryRequestColumns } from './recovery/columns.tsx'
import { NewRecoveryRequest } from './recovery/NewRequest.tsx'
import { RecoveryRequestPanel } from './recovery/RequestPanel.tsx'

const Search = z.object({ recoveryRequest: z.string(), org: z.string() })
export type Search = AddressState<typeof Search>

/** Recovery requests of all organizations. Site admins open and approve theirs here. */
export function Page() {
  const [{ recoveryRequest, org }, setAddress] = useAddressState(Search)
  const list = useEndless(recovery.listRecoveries, { query: { limit: 100 } })
  const { data: health } = useMaybe(operator.operatorHealth, {})
  const [creating, setCreating] = useState(org !== undefined)
  const onOpen = useCallback((id: string) => void setAddress({ recoveryRequest: id }, 'push'), [setAddress])
  const columns = useMemo(() => recoveryRequestColumns(onOpen), [onOpen])
  return (
    <ListPage
      head={{
        title: 'Recovery',
        guide: 'recovery',
        state: <State rows={list.rows} adminless={health?.counts.adminless} />,
        action: (
          <Button variant="filled" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
            New recovery request
          </Button>
        ),
      }}
      things="recovery requests"
      label="Recovery requests"
      onClear={undefined}
      columns={columns}
      list={list}
      rowKey={({ id }) => id}
      openKey={recoveryRequest}
      heights={{ row: 66, card: 170 }}
      empty={{
        title: 'No recovery requests',
        icon: <IconLifebuoy size={28} />,
        guide: 'recovery',
        children:
          'Members of an organization without active admins can ask to become admin. If no member can, two site admins can make a person admin.',
      }}
    >
      <RecoveryRequestPanel
        recoveryRequest={list.rows.find(({ id }) => id === recoveryRequest)}
        onClose={() => void setAddress({ recoveryRequest: undefined })}
      />
      <NewRecoveryRequest opened={creating} organization={org} onClose={() => setCreating(false)} />
    </ListPage>
  )
}

function State({ rows, adminless }: { rows: recovery.RecoveryRequest[]; adminless: number | undefined }) {
  const alive = rows.filter(isAlive).length
  return (
    <>
      {alive === 0 ? 'No open recovery requests' : counted(alive, 'open recovery request')}
      {adminless === 0 && ' · all organizations have an active admin'}
      {adminless !== undefined && adminless > 0 && (
        <>
          {' '}
          · <LinkTo to="/operator/organizations">{counted(adminless, 'organization')}</LinkTo> without active admins
        </>
      )}
    </>
  )
}
