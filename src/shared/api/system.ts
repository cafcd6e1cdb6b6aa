export interface Doctor {
  version: string;
  node: string;
  platform: string;
  cores: number;
  memoryBytes: number;
  freeMemoryBytes: number;
  sqlite: string;
  electron: { version: string | null; found: boolean; reason: string | null };
  backends: { name: string; available: boolean; words: string; reason: string | null }[];
}
export interface SystemApi {
  doctor(): Promise<Doctor>;
}
