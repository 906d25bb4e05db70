/** A file that was picked or dropped, and where it goes in the repository. */
export interface Picked {
  path: string
  file: File
}

// What file managers leave behind, and git's own folder, belong into no commit.
const leftOut = /(^|\/)(\.git(\/.*)?|\.DS_Store|Thumbs\.db|desktop\.ini)$/i

/** What a file field holds: files, or a folder with everything in it. */
export function pickedFrom(list: FileList): Picked[] {
  return [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file })).filter(isWanted)
}

/** What was dropped: files, and folders with everything in them. */
export async function droppedIn(data: DataTransfer): Promise<Picked[]> {
  // All have to be taken before the first wait: afterwards the browser has forgotten them.
  const dropped = [...data.items].map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }))
  const found = await Promise.all(
    dropped.map(async ({ entry, file }) => {
      if (entry !== null) return filesBelow(entry, '')
      return file === null ? [] : [{ path: file.name, file }]
    }),
  )
  return found.flat().filter(isWanted)
}

function isWanted({ path }: Picked): boolean {
  return !leftOut.test(path) && !/(^|\/)\.git\//i.test(path)
}

async function filesBelow(entry: FileSystemEntry, folder: string): Promise<Picked[]> {
  const path = folder + entry.name
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    return [{ path, file }]
  }
  const found: Picked[] = []
  for (const inside of await entriesOf(entry as FileSystemDirectoryEntry)) {
    found.push(...(await filesBelow(inside, `${path}/`)))
  }
  return found
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    // Browsers hand them out in portions, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return all
    all.push(...some)
  }
}

/** Adds files to those that were picked before; of two with the same path the later one stays. */
export function withMore(before: Picked[], more: Picked[]): Picked[] {
  const byPath = new Map([...before, ...more].map((picked) => [picked.path, picked]))
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}
