import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Addresses (`127.0.0.1:80`, IPv6 in hexadecimal words) on which these processes listen, read from the system (Linux). */
export function listeningOf(pids: readonly number[]): string[] {
  const sockets = new Set(pids.flatMap(socketsOf));
  return ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      // 0A: it listens. The tenth field is the socket's inode.
      .filter((fields) => fields[3] === "0A" && sockets.has(fields[9]))
      .map((fields) => readable(fields[1])),
  );
}

/** Whether such an address is of loopback: 127.x.x.x, ::1, or the first written as IPv6. */
export function isLoopback(address: string): boolean {
  return /^(127\.|0:0:0:0:0:0:0:1:|0:0:0:0:0:ffff:7f)/.test(address);
}

function socketsOf(pid: number): string[] {
  return unlessGone(() => readdirSync(`/proc/${pid}/fd`), []).flatMap((fd) => {
    const target = unlessGone(() => readlinkSync(`/proc/${pid}/fd/${fd}`), "");
    const found = /^socket:\[(\d+)\]$/.exec(target);
    return found ? [found[1]] : [];
  });
}

/** A process, or one of its files, may go while it is looked at. */
function unlessGone<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return otherwise;
    throw error;
  }
}

/** The system writes each 32-bit word in the order of the machine's bytes. */
function readable(text: string): string {
  const [address, port] = text.split(":");
  const bytes = (address.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse());
  const numbers = bytes.map((byte) => Number.parseInt(byte, 16));
  const host =
    numbers.length === 4
      ? numbers.join(".")
      : Array.from({ length: 8 }, (_, i) => (numbers[2 * i] * 256 + numbers[2 * i + 1]).toString(16)).join(
          ":",
        );
  return `${host}:${Number.parseInt(port, 16)}`;
}
