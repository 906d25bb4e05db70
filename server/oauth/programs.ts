/** A program that can sign in people: a public client, without a secret. */
export interface Program {
  clientId: string
  name: string
}

// Built into huggingface_hub, so that `hf auth login` works as it comes
const programs: readonly Program[] = [{ clientId: '26be6b09-91c5-47da-9861-d2d2bb7a7e36', name: 'hf CLI' }]

/** Finds the program that has a client ID. */
export function findProgram(clientId: string): Program | undefined {
  return programs.find((program) => program.clientId === clientId)
}
