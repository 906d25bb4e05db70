import { Button, Group, TextInput } from '@mantine/core'
import { repos } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import { Block } from '../../../pieces/Block.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { useRepository } from '../../../repository.ts'
import { useFollow } from './useFollow.ts'

/** Another name in the same namespace; nothing else changes. */
export function Rename() {
  const { namespace, name, id, type } = useRepository()
  const follow = useFollow()
  const form = useApiForm(repos.moveRepo, {
    start: { toRepo: '' },
    input: ({ toRepo }) => ({ body: { fromRepo: id, toRepo: `${namespace}/${toRepo.trim()}`, type } }),
    after: (_, { body }) => follow(body.toRepo),
  })
  return (
    <Block title="Name" about="The old name redirects to the new one until another repository takes it.">
      <ApiForm of={form} label="Rename">
        <Group align="flex-end" gap="sm">
          <TextInput
            label="New name"
            placeholder={name}
            maxLength={96}
            required
            withAsterisk={false}
            spellCheck={false}
            autoComplete="off"
            flex="1 1 14rem"
            {...form.field('toRepo')}
          />
          <Button type="submit" disabled={!form.isChanged} loading={form.change.isPending}>
            Rename
          </Button>
        </Group>
      </ApiForm>
    </Block>
  )
}
