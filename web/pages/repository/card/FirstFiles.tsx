import { Stack, Text, Title } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { CodeBox } from '../../../pieces/CodeBox.tsx'
import { Empty } from '../../../pieces/Empty.tsx'
import { ButtonTo, LinkTo } from '../../../pieces/LinkTo.tsx'
import { folderPage } from '../../../places.ts'
import { mainBranch, useRepository } from '../../../repository.ts'
import { cloneAddress, typeFlag } from '../DownloadBox.tsx'

/** In place of an empty repository: the ways in which the first files come into it. */
export function FirstFiles() {
  const repository = useRepository()
  if (!repository.may('repo.write')) {
    return <Empty title="No files yet">This {repository.type} is empty.</Empty>
  }
  return (
    <Stack gap="xl">
      <Empty
        title={`Add files to ${repository.name}`}
        action={
          <ButtonTo
            {...folderPage(repository, 'upload', mainBranch)}
            variant="filled"
            leftSection={<IconUpload size={16} aria-hidden />}
          >
            Upload files
          </ButtonTo>
        }
      >
        Upload files in the browser, or use one of the clients below. README.md becomes the card that people see first.
      </Empty>
      <Way
        title="Use the Python client’s command line"
        about={
          <>
            Handles large files automatically. Create a token with the write permission in{' '}
            <LinkTo to="/settings/tokens">Access tokens</LinkTo>.
          </>
        }
        lines={`export HF_ENDPOINT=${location.origin}\nexport HF_TOKEN=…\nhf upload ${repository.id} .${typeFlag(repository)}`}
      />
      <Way
        title="Use Git"
        about="Sign in with your username, and a token as the password. Track large files with Git LFS."
        lines={`git lfs install\ngit clone ${cloneAddress(repository)}\ncd ${repository.name}\n# add files, then\ngit add . && git commit -m "First files" && git push`}
      />
    </Stack>
  )
}

function Way({ title, about, lines }: { title: string; about: ReactNode; lines: string }) {
  return (
    <section aria-label={title} style={{ maxWidth: 720 }}>
      <Title order={2} size="h5">
        {title}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {about}
      </Text>
      <CodeBox lines={lines} label={title} />
    </section>
  )
}
