import { config } from 'zod'

// Zod tries `Function('')` to see whether it may compile its checks; the content security policy would report that.
config({ jitless: true })
