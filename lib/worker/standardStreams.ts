import type { Served } from "./serve";
import { serve, type WriteParts } from "./serve";

/**
 * Serves requests on standard input and answers on standard output. From here on nothing else reaches standard output: what anybody else writes there, a stray
 * `console.log` of a package, goes to standard error, because one foreign byte would break the frames.
 */
export function serveStandardStreams(): Promise<Served> {
  const { stdin, stdout, stderr } = process;
  const toParent = stdout.write.bind(stdout) as (
    part: Uint8Array,
    done: (error?: Error | null) => void,
  ) => boolean;
  stdout.write = stderr.write.bind(stderr);
  const write: WriteParts = async (parts) => {
    for (const part of parts) {
      await new Promise<void>((resolve, reject) =>
        toParent(part, (error) => (error ? reject(error) : resolve())),
      );
    }
  };
  return serve(stdin, write);
}
