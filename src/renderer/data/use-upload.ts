import { useMutation } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { sendFile } from '../app/send-file.ts';

/** Sends a file to the backend and opens its import page. */
export function useUpload(): { send: (file: File) => void; sending: boolean; error: unknown } {
  const navigate = useNavigate();
  const mutation = useMutation({
    mutationFn: sendFile,
    onSuccess: (id) => navigate(`/data/import/${id}`),
  });
  return { send: mutation.mutate, sending: mutation.isPending, error: mutation.error };
}
