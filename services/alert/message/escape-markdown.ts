/** Text in which no sign is markup any more: CommonMark takes a backslash before any punctuation. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>#|~]/g, sign => `\\${sign}`)
}
