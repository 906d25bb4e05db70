import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { compressed } from './compress-plugin.ts'

const hub = process.env.GUILDHALL_DEV_HUB ?? 'http://127.0.0.1:8080'

// Everything that pages and clients ask the hub for: the API, what describes it, files of repositories, git and LFS.
const answeredByHub = [
  '^/(api|\\.well-known|healthz|readyz)(/|$)',
  '^/oauth/(device|token)$',
  '^/((datasets|spaces)/)?[^/]+/[^/]+/(resolve|raw|info)/',
  '^/((datasets|spaces)/)?[^/]+/[^/]+/git-(upload|receive)-pack$',
]

// A page fetches what it needs in a few files, not in fifty small ones: what every page needs, what several kinds of
// pages share, and all pages of an organization together.
const several = /pieces\/|@mantine|@tabler|web\/[a-z-]+\.tsx?$|repository\/(settings\/(ends|grants)|file\/csv)/
const files = [
  { name: 'start', tags: ['$initial' as const], priority: 5 },
  { name: 'editor', test: /@codemirror|@lezer/, minShareCount: 2, priority: 4 },
  { name: 'tables', test: /@tanstack\/[a-z-]*(table|virtual)/, priority: 3 },
  { name: 'common', test: several, minShareCount: 2, priority: 2 },
  { name: 'organization', test: /pages\/organization\//, priority: 1 },
]

// biome-ignore lint/style/noDefaultExport: Vite reads the default export
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), compressed()],
  // The documentation lies beside the pages.
  server: { fs: { allow: ['..'] }, proxy: Object.fromEntries(answeredByHub.map((path) => [path, hub])) },
  build: {
    target: 'es2022',
    // Older targets would have light-dark() rewritten into something that does not follow the chosen scheme.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // The content security policy allows no data: scripts, and small files are cheap.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    cssCodeSplit: false,
    rolldownOptions: { output: { codeSplitting: { groups: files } } },
  },
})
