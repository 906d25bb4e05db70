import { type GrownTable, hash, id, some } from './grown-values.ts'

/** The tables of large files. */
export const largeFileTables: Record<string, GrownTable> = {
  lfs_objects: {
    count: some,
    columns: {
      repo_id: id('d', 'i % 1000'),
      oid: `encode(${hash('lfs')}, 'hex')`,
      size: 'i',
      uploaded_at: 'now()',
      referenced_at: 'now()',
    },
  },
  xet_xorbs: {
    count: some,
    columns: {
      repo_id: id('d', 'i % 1000'),
      hash: `encode(${hash('xorb')}, 'hex')`,
      chunks: `'\\x00'::bytea`,
      touched_at: 'now()',
    },
  },
  xet_places: {
    count: some,
    columns: {
      repo_id: id('d', 'i % 1000'),
      xorb: `encode(${hash('xorb')}, 'hex')`,
      first_chunk: '0',
      end_chunk: '1',
      oid: `encode(${hash('lfs')}, 'hex')`,
      position: '0',
    },
  },
  xet_files: {
    count: some,
    columns: {
      repo_id: id('d', 'i % 1000'),
      hash: `encode(${hash('xet-file')}, 'hex')`,
      oid: `encode(${hash('lfs')}, 'hex')`,
    },
  },
  lfs_uploads: {
    count: some,
    columns: {
      id: `'upload-' || i`,
      repo_id: id('d', 'i % 1000'),
      oid: `encode(${hash('lfs')}, 'hex')`,
      size: 'i',
      store_id: `'store'`,
      begun_at: 'now()',
      touched_at: 'now()',
    },
  },
}
