// What a counting agent says, so that whatever is lost, doubled or out of order can be seen.

export function countedWords(count: number): string {
  return Array.from({ length: count }, (_, at) => `w${at} `).join('');
}
