import { parentPort } from 'node:worker_threads'
import { parseHead } from './card-head.ts'

// One head after the other; whoever waits too long for an answer ends the thread.
parentPort?.on('message', (head: string) => parentPort?.postMessage(parseHead(head)))
