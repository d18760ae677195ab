/** Identity names as a folder may really have them: markup, entities, characters that XML forbids, halves of pairs, changed direction, length. */
export const hostileNames: readonly string[] = [
  "<img src=x onerror=alert(1)>",
  "&amp;",
  "a\u0001b\u0000c\u001f",
  "half \ud83d pair",
  "\udc00 at the start",
  "\u202Eturned",
  "\ufffe\uffff",
  "n".repeat(300),
  `${"n".repeat(26)}😀😀`,
  "quote \" and ' and ]]> and --",
  "__proto__",
  "小泉純一郎",
];
