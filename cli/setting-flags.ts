import type { SettingName } from '../api/index.ts'

/** The option that names a setting of an organization: `--require-2fa-from` for `require2faFrom`. */
export function settingFlag(name: SettingName): string {
  return `--${name.replace(/[A-Z]|(?<=\D)\d/g, (sign) => `-${sign.toLowerCase()}`)}`
}
