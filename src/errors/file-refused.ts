/** A file or folder that an operator named cannot be used. The message says in one line which, why, and what to do. */
export class FileRefused extends Error {
  override readonly name = "FileRefused";
}

const REASONS: Record<string, string> = {
  ENOENT: "there is no such file or folder; check the path",
  EISDIR: "it is a folder; name a file in it",
  ENOTDIR: "a part of the path is a file, not a folder; check the path",
  EEXIST: "it is there already, and is not a folder",
  EACCES:
    "this user has no right to; change the rights of the file and of the folders above it, or name another path",
  EPERM:
    "this user has no right to; change the rights of the file and of the folders above it, or name another path",
  EROFS: "its file system is read-only; name a path on another one",
  ENOSPC: "the disk is full; make room, or name a path on another disk",
  EDQUOT: "this user's disk quota is used up; make room, or name a path on another disk",
  ENAMETOOLONG: "the path is too long",
  ELOOP: "its symbolic links lead in a circle",
  EMFILE: "this process has too many open files; raise its limit (ulimit -n)",
};

/** Whether an error is of the operating system and about a file, so that the operator can do something about it. */
export function isFileError(error: unknown): error is NodeJS.ErrnoException {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return syscall !== undefined && code !== undefined && Object.hasOwn(REASONS, code);
}

/** Why a file could not be used, in words that say what to do; the message of any other error as it is. */
export function describeFileError(error: unknown): string {
  return isFileError(error) ? (REASONS[error.code ?? ""] ?? error.message) : (error as Error).message;
}
