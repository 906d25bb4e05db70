import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { compressed } from './compress-plugin.ts'

const hub = process.env.GUILDHALL_DEV_HUB ?? 'http://127.0.0.1:8080'

// Everything that pages and clients ask the hub for: the API, what describes it, files of repositories, git and LFS.
const answeredByHub = [
  '^/(api|\\.well-known|healthz|readyz)(/|$)',
  '^/((datasets|spaces)/)?[^/]+/[^/]+/(resolve|raw|info)/',
  '^/((datasets|spaces)/)?[^/]+/[^/]+/git-(upload|receive)-pack$',
]

const shared = [
  { name: 'icons', test: /@tabler/, priority: 2 },
  { name: 'common', minShareCount: 6, priority: 1 },
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
    chunkSizeWarningLimit: 700,
    // What many pages share comes in one file instead of fifty small ones.
    cssCodeSplit: false,
    rolldownOptions: { output: { codeSplitting: { groups: shared } } },
  },
})
