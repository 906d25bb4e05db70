const core = 'urn:ietf:params:scim:schemas:core:2.0'

interface Attribute {
  name: string
  type: 'string' | 'boolean' | 'complex' | 'reference'
  description: string
  multiValued?: boolean
  required?: boolean
  caseExact?: boolean
  mutability?: 'readOnly' | 'readWrite' | 'immutable'
  uniqueness?: 'none' | 'server'
  subAttributes?: Attribute[]
}

// RFC 7643 §7: each characteristic with its default.
function described({ subAttributes, ...attribute }: Attribute): Record<string, unknown> {
  return {
    multiValued: false,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...attribute,
    ...(subAttributes && { subAttributes: subAttributes.map(described) }),
  }
}

const userAttributes: Attribute[] = [
  {
    name: 'userName',
    type: 'string',
    description: 'Name at the identity provider.',
    required: true,
    uniqueness: 'server',
  },
  { name: 'displayName', type: 'string', description: 'The same as userName.', mutability: 'readOnly' },
  {
    name: 'name',
    type: 'complex',
    description: 'Name of the person.',
    subAttributes: [
      { name: 'givenName', type: 'string', description: 'Given name.' },
      { name: 'familyName', type: 'string', description: 'Family name.' },
      { name: 'formatted', type: 'string', description: 'Given and family name.', mutability: 'readOnly' },
    ],
  },
  {
    name: 'emails',
    type: 'complex',
    description: 'The work email address.',
    multiValued: true,
    required: true,
    subAttributes: [
      { name: 'value', type: 'string', description: 'Email address.', required: true },
      { name: 'primary', type: 'boolean', description: 'Always true.', mutability: 'readOnly' },
      { name: 'type', type: 'string', description: 'Always work.', mutability: 'readOnly' },
    ],
  },
  { name: 'active', type: 'boolean', description: 'Whether the person has access to the organization.' },
]

const groupAttributes: Attribute[] = [
  { name: 'displayName', type: 'string', description: 'Name of the group.', required: true, uniqueness: 'server' },
  {
    name: 'members',
    type: 'complex',
    description: 'The users in the group.',
    multiValued: true,
    subAttributes: [
      {
        name: 'value',
        type: 'string',
        description: 'SCIM ID of the user.',
        required: true,
        caseExact: true,
        mutability: 'immutable',
      },
    ],
  },
]

/** The schemas of users and groups: the attributes that are kept, and no others. */
export const schemaDefinitions = [
  { id: `${core}:User`, name: 'User', description: 'User account', attributes: userAttributes.map(described) },
  { id: `${core}:Group`, name: 'Group', description: 'Group', attributes: groupAttributes.map(described) },
]
