import { type FileHandle, open } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { FileSlice } from '../../../api/index.ts'
import { log } from '../../kernel/log.ts'

const bufferBytes = 512 * 1024

/**
 * Sends a part of a file. The same two buffers go round, one being read into while the other is sent: a stream would take
 * new ones all the time, and Node would look through its whole memory each time they add up.
 */
export async function sendFile(reply: FastifyReply, slice: FileSlice): Promise<FastifyReply> {
  const handle = await open(slice.file, 'r')
  reply.hijack()
  const response = reply.raw
  try {
    response.writeHead(reply.statusCode, reply.getHeaders() as Record<string, string>)
    await pump(handle, response, slice)
    response.end()
  } catch (error) {
    if (!response.destroyed) log.warn({ err: error }, 'could not send a whole file')
    response.destroy()
  } finally {
    await handle.close()
  }
  return reply
}

async function pump(handle: FileHandle, response: ServerResponse, { start, length }: FileSlice): Promise<void> {
  const buffers = [Buffer.allocUnsafeSlow(bufferBytes), Buffer.allocUnsafeSlow(bufferBytes)]
  let sent: Promise<void> = Promise.resolve()
  for (let done = 0, turn = 0; done < length; turn++) {
    const buffer = buffers[turn % 2] ?? Buffer.alloc(0)
    const { bytesRead } = await handle.read(buffer, 0, Math.min(bufferBytes, length - done), start + done)
    if (bytesRead === 0) throw new Error('the file became shorter while it was sent')
    // Only then the other buffer is free again
    await sent
    sent = write(response, buffer.subarray(0, bytesRead))
    sent.catch(() => undefined)
    done += bytesRead
  }
  await sent
}

function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    if (response.destroyed) return reject(new Error('the client disconnected'))
    const gone = () => reject(new Error('the client disconnected'))
    response.once('close', gone)
    response.write(bytes, (error) => {
      response.off('close', gone)
      if (error) reject(error)
      else resolve()
    })
  })
}
