/** What the test gave the program, through its environment. */
function environment(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set`)
  return value
}

export const given = {
  appPath: environment('STAND_IN_APP_PATH'),
  userData: environment('STAND_IN_USER_DATA'),
  locale: environment('STAND_IN_LOCALE'),
}
