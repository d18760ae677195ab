import { RED } from "../explore/explored";

/**
 * Names as somebody who wishes ill would choose them. Whatever of them is run turns the title of a page red; none holds a slash or a zero, so that each can be
 * the name of a folder.
 */
export const hostileFolders: readonly string[] = [
  RED,
  `"><svg onload=document.title='red'>`,
  "<script>document.title='red'<",
  "' autofocus onfocus=document.title='red' x='",
  "javascript:document.title='red'",
  "`$\x7bdocument.title='red'}`",
  "{{document.title='red'}}",
  "&lt;b&gt;&amp;",
  "__proto__",
  "constructor",
  "=1+1",
  "+1+cmd|' C calc'!A0",
  "@SUM(1)",
  "-2+3",
  "\u202Egnp.exe",
  "a\u001b[31mb\u0007\u0001",
  "| a | b |",
  "[x](javascript:document.title='red')",
];

/** And those that only a cell of a table or a field of a card can hold. */
export const hostileTexts: readonly string[] = [
  ...hostileFolders,
  "</script><script>document.title='red'</script>",
  "</style></title><img src=x onerror=document.title='red'>",
  "<!--<script>",
  "a\nb\r\nc",
  "../../etc/passwd",
  "\u2028\u2029",
];

/** What a page shows as it is: without characters that no font shows. */
export const plainOf = (names: readonly string[]): string[] =>
  names.filter((name) => !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(name));
