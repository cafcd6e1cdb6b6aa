import { useMutation } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { observedFetch } from '../app/connection.ts';

/** Sends a file to the backend and opens its import page. */
export function useUpload(): { send: (file: File) => void; sending: boolean; error: unknown } {
  const navigate = useNavigate();
  const mutation = useMutation({
    mutationFn: sendFile,
    onSuccess: (id) => navigate(`/data/import/${id}`),
  });
  return { send: mutation.mutate, sending: mutation.isPending, error: mutation.error };
}

async function sendFile(file: File): Promise<string> {
  const response = await observedFetch(`/files/uploads?name=${encodeURIComponent(file.name)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    // Bytes, not the File: Electron before 28 cannot read a file body of a page.
    body: await file.arrayBuffer(),
  });
  if (!response.ok) throw new Error(((await response.json()) as { message: string }).message);
  return ((await response.json()) as { file: string }).file;
}
