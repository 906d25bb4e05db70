// Stored events keep the type they were hashed with.
const renamed: Readonly<Record<string, string>> = {
  'org.recovery.petition': 'org.recovery.request',
  'org.offboard.lift': 'org.offboard.allow_rejoin',
}

/** The name that a type of audit events has today, for people to read. */
export function eventTypeToday(type: string): string {
  return renamed[type] ?? type
}

/** A type and the names it was stored under before, for searches. */
export function storedEventTypes(type: string): string[] {
  return [type, ...Object.keys(renamed).filter((old) => renamed[old] === type)]
}
