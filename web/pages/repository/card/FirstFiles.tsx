import { Stack, Text, Title } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import { revisionAddress } from '../../../addresses.ts'
import { CodeBox } from '../../../pieces/CodeBox.tsx'
import { Empty } from '../../../pieces/Empty.tsx'
import { ButtonTo } from '../../../pieces/LinkTo.tsx'
import { mainBranch, useRepository } from '../../../repository.ts'
import { cloneAddress, typeFlag } from '../DownloadBox.tsx'

/** In place of an empty repository: the ways in which the first files come into it. */
export function FirstFiles() {
  const repository = useRepository()
  if (!repository.may('repo.write')) {
    return <Empty title="Nothing here yet">This {repository.type} has no files yet.</Empty>
  }
  return (
    <Stack gap="xl">
      <Empty
        title={`Put the first files into ${repository.name}`}
        action={
          <ButtonTo
            to={revisionAddress(repository, 'upload', mainBranch)}
            variant="filled"
            leftSection={<IconUpload size={16} aria-hidden />}
          >
            Upload files
          </ButtonTo>
        }
      >
        Drop them here in the browser, or use one of the clients below. A file README.md becomes the card that people
        see first.
      </Empty>
      <Way
        title="With the command line of the Python client"
        about="Large files are taken care of by themselves. A token with the right to write is made in your settings."
        lines={`export HF_ENDPOINT=${location.origin}\nexport HF_TOKEN=…\nhf upload ${repository.id} .${typeFlag(repository)}`}
      />
      <Way
        title="With git"
        about="Your user name and a token as password. Files that git-lfs tracks may have any size."
        lines={`git lfs install\ngit clone ${cloneAddress(repository)}\ncd ${repository.name}\n# add files, then\ngit add . && git commit -m "First files" && git push`}
      />
    </Stack>
  )
}

function Way({ title, about, lines }: { title: string; about: string; lines: string }) {
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
