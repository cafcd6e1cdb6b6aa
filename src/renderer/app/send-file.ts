import { observedFetch } from './connection.ts';

/** Sends a file to the backend. → the id of the upload. @throws with the backend's sentence */
export async function sendFile(file: File): Promise<string> {
  const response = await observedFetch(`/files/uploads?name=${encodeURIComponent(file.name)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    // Bytes, not the File: Electron before 28 cannot read a file body of a page.
    body: await file.arrayBuffer(),
  });
  if (!response.ok) throw new Error(((await response.json()) as { message: string }).message);
  return ((await response.json()) as { file: string }).file;
}
