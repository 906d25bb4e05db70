import { z } from 'zod'
import { operation } from './operation.ts'
import { avatarQuery, Id, Time, userParams } from './shapes.ts'

export const userOverview = operation({
  method: 'get',
  path: '/api/users/:username/overview',
  action: 'user.view',
  tag: 'People',
  summary: 'Get the public profile of a person.',
  params: userParams,
  reply: z.object({
    _id: Id,
    user: z.string(),
    fullname: z.string(),
    avatarUrl: z.string(),
    isPro: z.boolean(),
    type: z.literal('user'),
    details: z.string().optional(),
    numModels: z.number(),
    numDatasets: z.number(),
    numSpaces: z.number(),
    numDiscussions: z.number(),
    numPapers: z.number(),
    numUpvotes: z.number(),
    numLikes: z.number(),
    numFollowers: z.number(),
    numFollowing: z.number(),
    isFollowing: z.boolean().optional(),
    createdAt: Time,
    orgs: z.array(z.object({ id: Id, name: z.string(), fullname: z.string(), avatarUrl: z.string() })),
  }),
  dialect: 'hub',
})
export const userSocials = operation({
  method: 'get',
  path: '/api/users/:username/socials',
  action: 'user.view',
  tag: 'People',
  summary: 'Social handles of a person. Not supported, always empty.',
  params: userParams,
  reply: z.object({ _id: Id, user: z.string(), socialHandles: z.object({}) }),
  dialect: 'hub',
})
const followers = z.array(
  z.object({
    _id: Id,
    user: z.string(),
    fullname: z.string(),
    avatarUrl: z.string(),
    isPro: z.boolean(),
    type: z.literal('user'),
  }),
)
export const userFollowers = operation({
  method: 'get',
  path: '/api/users/:username/followers',
  action: 'user.view',
  tag: 'People',
  summary: 'Followers are not supported. Always an empty list.',
  params: userParams,
  reply: followers,
  dialect: 'hub',
})
export const userFollowing = operation({
  method: 'get',
  path: '/api/users/:username/following',
  action: 'user.view',
  tag: 'People',
  summary: 'Following is not supported. Always an empty list.',
  params: userParams,
  reply: followers,
  dialect: 'hub',
})
export const userAvatar = operation({
  method: 'get',
  path: '/api/users/:username/avatar',
  action: 'user.view',
  tag: 'People',
  summary: 'Get the address of a person’s avatar. Image requests get a redirect.',
  params: userParams,
  query: avatarQuery,
  reply: z.object({ avatarUrl: z.string() }),
  dialect: 'hub',
  kind: 'content',
})
const mostNames = 100
export const listPictures = operation({
  method: 'get',
  path: '/api/avatars',
  action: 'namespace.view',
  tag: 'People',
  summary: 'List which people and organizations have an uploaded picture. The others have their initials.',
  query: z.object({
    names: z
      .string()
      .max(5000)
      .transform((names) => names.split(','))
      .pipe(z.array(z.string().min(1).max(100)).max(mostNames))
      .describe(`Separated by commas, at most ${mostNames}.`),
  }),
  reply: z.array(
    z.object({
      name: z.string().describe('In lower case.'),
      version: z.string().describe('Changes with the picture.'),
    }),
  ),
})
export const namespaceAvatar = operation({
  method: 'get',
  path: '/api/avatars/:namespace',
  action: 'namespace.view',
  tag: 'People',
  summary: 'Get the avatar of a person or organization: the uploaded picture, or their initials.',
  params: z.object({ namespace: z.string().min(1).max(100) }),
  query: z.object({ v: z.string().max(100).optional().describe('Ignored. A new value gets past caches.') }),
  reply: z.unknown(),
  dialect: 'hub',
  kind: 'content',
})
